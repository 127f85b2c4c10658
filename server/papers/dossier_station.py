"""The first half of 一站一档: what the station is, how it stands, who took it over and filed it."""

from server.calendar import full_day_text, moment_text
from server.models.station import Stage
from server.papers.dossier_parts import (
    NOBODY,
    NOT_ENTERED,
    UNKNOWN,
    Block,
    Folder,
    Section,
    day,
    facts,
    hashed,
    paper_of,
    table,
    words,
)
from server.policy.plan.filing import FILED_FACTS
from server.policy.standard.examine import Finding, Status
from server.policy.standard.facts import Level
from server.policy.standard.verdicts import Verdict
from server.services.people.scope import EVERYBODY
from server.services.registry.acceptance_views import acceptances_of
from server.services.registry.field_sources import Source, field_sources
from server.services.registry.fields import COOP_MODES, FIELDS, show, stored
from server.services.registry.filing_lists import left_text
from server.services.registry.filings import steps_told
from server.services.registry.showcase import model_stations
from server.services.registry.venues import venue_kind
from server.services.standing.standing import NO_STANDARD
from server.services.standing.statements import said_of

OWN_SECTIONS = ("serves", "coop_modes")
"""Fields of the register of which a section of their own tells more."""


def register(folder: Folder) -> Section:
    """登记情况: every field of the register, who wrote it last and when."""
    around, station = folder.around, folder.station
    entered, written = field_sources(around.session, station)

    def source(name: str, value: str) -> str:
        found = written.get(name)
        if found is None:
            return _said(entered) if value else NOBODY
        if found.value != value and name != "operator":  # an enterprise's name may change
            return "查不到是谁写的"
        return _said(found)

    township = around.standings[station.id].township_name or NOT_ENTERED
    village = around.names.villages.get(station.village_code or "", "")
    rows = [
        ("编号", station.code or "未编号", source("code", station.code or "")),
        ("级别", station.level.label, _said(entered)),
        ("建设情况", station.stage.label, "见“验收”"),
        ("乡镇", township, _said(entered)),
        ("村", village or ("不在村里" if not station.village_code else UNKNOWN), _said(entered)),
        ("列入依据", station.basis or NOT_ENTERED, _said(entered)),
    ]
    for name, one in FIELDS.items():
        if name in OWN_SECTIONS:
            continue
        value = show(one, stored(station, one), around.names)
        if name == "head_phone":
            shown = around.telephone(value)
        elif name == "venue" and value:
            kind = venue_kind(value, around.county)
            shown = value if kind in ("", value) else f"{value}（{kind}）"
        else:
            shown = value or NOT_ENTERED
        rows.append((one.label, shown, source(name, value)))
    if station.closed_on:
        rows.append(("停业", full_day_text(station.closed_on), "见“变更记录”"))
    return Section("登记情况", (facts(rows),))


def _said(source: Source) -> str:
    return f"{moment_text(source.at)[:10]} {source.who}（{source.what}）"


def spoken(folder: Folder) -> Section:
    """现场情况: the newest statement of everybody who may speak of a fact."""
    said = said_of(
        folder.around.session, station_id=folder.station.id, options=folder.around.options
    )
    return Section(
        "现场情况（谁说的，哪一天）",
        (
            table(
                ("内容", "情况", "凭谁的话", "哪一天", "备注"),
                (2, 2, 1.5, 0, 2),
                [
                    (
                        one.title,
                        one.text,
                        "　".join(filter(None, (one.word_label, one.who))),
                        full_day_text(one.observed_on),
                        one.note or "无",
                    )
                    for one in said
                ],
                "还没有人说过现场情况，面积、货架、设备等都不清楚。",
            ),
        ),
    )


def standing(folder: Folder) -> Section:
    """对照标准: the state on this day, clause by clause with the reasons."""
    around = folder.around
    found = around.standings[folder.station.id]
    held = {one.rule.standard_id for one in found.findings}
    names = [one.name for one in around.standards if one.id in held]
    idle = [one for one in found.findings if one.verdict is Verdict.NOT_APPLICABLE]
    said = "" if found.why == NO_STANDARD else f"{found.status.label}。"
    blocks: list[Block] = [
        words(f"{full_day_text(around.today)}：{said}{found.why}。"),
    ]
    if names:
        blocks.append(words(f"对照：{'；'.join(names)}。"))
        blocks.append(
            table(
                ("条款", "内容", "结论", "为什么", "凭谁的话"),
                (2.1, 1.7, 1.1, 3, 1.4),
                [_clause(one) for one in found.findings if one not in idle],
                "没有适用的条款。",
            )
        )
    if idle:
        blocks.append(words(f"不适用：{'、'.join(f'{one.clause}{one.title}' for one in idle)}。"))
    return Section("对照标准逐条看", tuple(blocks))


def _then(status: Status) -> str:
    """How it stood at an acceptance; where no standard held, nobody had judged it."""
    return "没有评定" if status is Status.NOT_ASSESSED else status.label


def _clause(one: Finding) -> tuple[str, ...]:
    word = one.word_label or "没有人说过"
    why = one.why
    if one.contradicted_by:
        others = "；".join(
            f"{other.word.label}{full_day_text(other.on)}说的不同" for other in one.contradicted_by
        )
        why = f"{why}（{others}）"
    since = f"　{full_day_text(one.since)}起" if one.since else ""
    return (one.clause, one.title, one.label, why, word + since)


def acceptance(folder: Folder) -> Section:
    """验收: each acceptance with what was unknown then, and the times as a model."""
    around, station = folder.around, folder.station
    rows = []
    for one in acceptances_of(around.session, station_id=station.id):
        made = one.acceptance
        place = folder.attach(
            f"验收记录（{made.grade.label}）", made.accepted_on, made.record_sha256
        )
        then = made.record
        result = [
            f"当时：{_then(Status(then['status']))}",
            f"不符合：{'、'.join(then['failing']) or '无'}",
            f"不清楚：{'、'.join(then['unknown']) or '无'}",
        ]
        if made.note:
            result.append(f"说明：{made.note}")
        if not one.whole:
            result.append("记录与校验码对不上")
        if made.withdrawn_at:
            result.append(
                f"已撤回：{moment_text(made.withdrawn_at)} {one.withdrawn_who}，"
                f"{made.withdrawn_because}"
            )
        rows.append(
            (
                made.grade.label,
                full_day_text(made.accepted_on),
                f"{one.who}{f'；参加：{made.present}' if made.present else ''}",
                "\n".join(result),
                hashed(place, made.record_sha256),
            )
        )
    none = (
        "升级前登记为建成，没有验收记录。"
        if station.stage is Stage.BUILT_BEFORE
        else "还没有人验收。"
    )
    models = [
        (
            full_day_text(one.model.chosen_on),
            one.who,
            one.model.reason,
            one.model.standing,
            f"{day(one.model.ended_on)} {one.ended_who}，{one.model.ended_because}"
            if one.model.ended_on
            else "现在是样板",
        )
        for one in model_stations(around.session, seen_by=EVERYBODY, station_id=station.id)
    ]
    return Section(
        "验收和样板",
        (
            words(f"现在登记为：{station.stage.label}。"),
            table(
                ("验收为", "哪一天", "谁验收", "当时情况", "记录"), (1, 0, 1.3, 3, 2), rows, none
            ),
            table(
                ("选作样板", "谁选定", "为什么", "当时情况", "现在"),
                (0, 1, 2, 2, 2),
                models,
                "没有选作样板。",
            ),
        ),
    )


def filing(folder: Folder) -> Section:
    """末端备案: the state, the deadline, each step with its receipt."""
    around, station = folder.around, folder.station
    if station.level is Level.COUNTY_HUB:
        return Section("末端备案", (words("县级中心不在末端备案里记。"),))
    row = around.filings.get(station.id)
    if row is None:
        state = "站点已停业，备案随之终止。"
    else:
        told = [row.state.label, left_text(row)]
        if row.clock:
            told.append(f"最后一天{full_day_text(row.clock.last_on)}")
        told.append(row.why)
        state = f"现在：{'，'.join(filter(None, told))}。开办企业：{row.opener or NOT_ENTERED}。"
    blocks: list[Block] = [words(state)]
    for held, steps, _ in steps_told(around.session, station=station):
        rows = []
        for step, who in steps:
            what = [
                "、".join(FILED_FACTS.get(one, one) for one in step.facts),
                f"编号{step.number}" if step.number else "",
                f"备案名称{step.name}" if step.name else "",
                step.text,
                f"原因：{step.reason}" if step.reason else "",
                _registered(step.registered) if step.registered else "",
            ]
            receipt = "没有回执"
            if step.receipt_sha256:
                called = f"备案回执“{step.receipt_name}”"
                place = folder.attach(called, step.on_day, step.receipt_sha256)
                receipt = f"{step.receipt_name}　{hashed(place, step.receipt_sha256)}"
            kind = step.kind.label
            if step.corrects:
                kind += f"（第{step.corrects}步）"
            rows.append(
                (
                    f"{step.seq}　{full_day_text(step.on_day)}",
                    kind,
                    "；".join(filter(None, what)) or "没有别的内容",
                    receipt,
                    f"{who}　{moment_text(step.at)}",
                )
            )
        if held.ended_at:
            blocks.append(words(f"下面这次备案已于{moment_text(held.ended_at)}终止。"))
        blocks.append(
            table(
                ("步", "这一步", "内容", "回执", "谁记的"), (0, 1.3, 2, 2, 1.1), rows, "没有步骤。"
            )
        )
    if len(blocks) == 1:
        blocks.append(words("还没有记过备案的步骤。"))
    return Section("末端备案", tuple(blocks))


def _registered(held: dict[str, str | None] | object) -> str:
    """What the register said of a filing, as its first step keeps it."""
    kept = dict(held) if isinstance(held, dict) else {}
    return (
        f"登记写明：备案日期{kept.get('filed_on') or UNKNOWN}，"
        f"编号{kept.get('number') or NOT_ENTERED}，名称{kept.get('name') or NOT_ENTERED}"
    )


def cooperation(folder: Folder) -> Section:
    """合作方式: the station's modes, and the county's agreements of those modes."""
    around, station = folder.around, folder.station
    modes = [COOP_MODES.get(one, one) for one in station.coop_modes]
    blocks = [words(f"合作模式：{'、'.join(modes) or NOT_ENTERED}。")]
    if not around.sees_agreements:
        blocks.append(words("县里的合作协议由县专班管理，不印给您的账号。"))
        return Section("合作方式和协议", tuple(blocks))
    rows = []
    for view in around.agreements:
        one = view.agreement
        if one.mode not in station.coop_modes:
            continue
        paper = "没有扫描件"
        if one.file_sha256:
            place = folder.attach(paper_of(one), one.from_on, one.file_sha256)
            paper = f"{one.file_name}　{hashed(place, one.file_sha256)}"
        rows.append(
            (
                COOP_MODES.get(one.mode, one.mode),
                one.parties,
                f"{full_day_text(one.from_on)}至{day(one.until_on, '没有写到期日')}",
                view.state.label,
                paper,
            )
        )
    blocks.append(
        table(
            ("方式", "各方", "起止", "现在", "协议"), (1, 2, 1.6, 0.8, 2), rows,
            "县里没有登记这些方式的合作协议。",
        )
    )  # fmt: skip
    blocks.append(words("协议是全县按合作方式登记的，没有写明只管哪一个站。"))
    return Section("合作方式和协议", tuple(blocks))


def villages(folder: Folder) -> Section:
    """服务的村: each village with how it is served, and who else serves it."""
    around, station = folder.around, folder.station
    own = [station.village_code] if station.village_code else []
    rows = []
    for code in dict.fromkeys([*own, *station.serves]):
        served = around.villages.get(code)
        others = [
            f"{one.code or '未编号'} {one.name}"
            for one in (served.servers if served else ())
            if one.id not in (None, station.id)
        ]
        rows.append(
            (
                around.names.villages.get(code, code),
                "站在这个村" if code in own else "辐射",
                served.how.label if served else "不在您能看到的范围里",
                "、".join(others) or "没有看到别的站",
            )
        )
    return Section(
        "服务哪些村",
        (table(("村", "怎样服务", "这个村现在", "还有哪些站"), (1.3, 1, 1.3, 3), rows,
               "没有登记服务哪个村。"),),
    )  # fmt: skip
