"""Who imports whom: import-linter keeps the storeys; here, that nothing goes round in a circle."""

from graphlib import CycleError, TopologicalSorter

import grimp


def test_no_module_imports_itself_by_a_detour_not_even_inside_a_function() -> None:
    graph = grimp.build_graph("server", "miniapp_api", "desk", cache_dir=None)
    imported = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}

    try:
        circle = None
        TopologicalSorter(imported).prepare()
    except CycleError as found:
        circle = " → ".join(reversed(found.args[1]))

    assert len(imported) > 300
    assert circle is None
