// wx.createSelectorQuery: where something stands on the page, and the canvas to draw on.

/** `nodes()` are what is shown, `runOf()` the program's life; `drawing` has the real places. */
function makeLooking({ world, runOf, nodes, drawing }) {
  const fits = (node, selector) => {
    const last = selector.trim().split(/\s+/).pop();
    if (last[0] === '#') return node.attrs && node.attrs.id === last.slice(1);
    if (last[0] === '.') {
      return (
        node.attrs &&
        String(node.attrs.class || '')
          .split(/\s+/)
          .indexOf(last.slice(1)) >= 0
      );
    }
    return node.tag === last;
  };
  function canvasNode() {
    const pen = new Proxy(
      { drawn: 0 },
      {
        get: (target, name) => {
          if (name === 'measureText') return () => ({ width: 10 });
          if (name in target) return target[name];
          return () => {
            target.drawn += 1;
          };
        },
        set: (target, name, value) => {
          target[name] = value;
          return true;
        },
      },
    );
    const frame = (work) => world.later(runOf(), work, 16);
    return { width: 300, height: 150, getContext: () => pen, requestAnimationFrame: frame };
  }
  const BOX = { left: 10, top: 100, right: 350, bottom: 300, width: 340, height: 200 };
  /** What a selector finds: [{id, dataset, box, node}]. */
  const select = (selector) => {
    const found = nodes().filter((node) => fits(node, selector));
    return found.map((node) => {
      if (!node.canvas) node.canvas = canvasNode();
      return { id: node.attrs.id, dataset: node.data, box: BOX, node: node.canvas };
    });
  };
  function selectorQuery() {
    const asked = [];
    const query = {
      in: () => query,
      select: (selector) => asking(selector, false),
      selectAll: (selector) => asking(selector, true),
      exec: (done) => {
        world.later(
          runOf(),
          () => {
            const answers = asked.map(({ selector, many, then }) => {
              const found = (drawing ? drawing.select : select)(selector).map(
                ({ id, dataset, box, node }) => Object.assign({ id, dataset, node }, box),
              );
              const answer = many ? found : found[0] || null;
              if (then) then(answer);
              return answer;
            });
            if (done) done(answers);
          },
          16,
        );
        return query;
      },
    };
    function asking(selector, many) {
      const add = (then) => {
        asked.push({ selector, many, then });
        return query;
      };
      return { fields: (what, then) => add(then), boundingClientRect: add, node: add };
    }
    return query;
  }

  return selectorQuery;
}
