"""The second half of 一站一档: people, plates, photos, months, inspections, problems, changes."""

from server.calendar import full_day_text, full_month_text, moment_text
from server.models.inspection import Counted
from server.models.phone_event import Subject
from server.papers.dossier_parts import UNKNOWN, Block, Folder, Section, facts, hashed, table, words
from server.services.common import history
from server.services.complaints.lists import Wanted as Voices
from server.services.complaints.lists import complaint_lines
from server.services.inspections.answers import outcome_text
from server.services.inspections.versions import of_stations
from server.services.matters.actions import MatterAction
from server.services.matters.lists import Wanted, matter_lines
from server.services.mending.lists import rectifications_seen
from server.services.people.people import names_of
from server.services.people.scope import told_of_secret_visits
from server.services.photos.missing import missing_of
from server.services.plates.signs import signs_of
from server.services.standing.open_work import record_statuses

SHOWN = tuple(one for one in Subject if one is not Subject.CLAUSE)
"""The photos of the place; an inspector's evidence belongs to the record that names it."""
HISTORY_LINES = 20
OF_MATTERS = frozenset(MatterAction)
"""Lines that tell in people's words what 问题 tells without them."""


def keepers(folder: Folder) -> Section:
    """站长: everybody who ever kept the station, and the registered head."""
    around, station = folder.around, folder.station
    rows = [
        (
            one.name,
            around.telephone(one.phone),
            moment_text(one.from_at),
            moment_text(one.until_at) if one.until_at else "现在",
        )
        for one in around.keepers.get(station.id, ())
    ]
    return Section(
        "站长",
        (table(("姓名", "电话", "从", "到"), (1, 1, 1, 1), rows, "还没有指定过站长。"),),
    )


def plates(folder: Folder) -> Section:
    """标识牌: every plate with its life."""
    rows = [
        (
            f"第{one.sign.plate_no}块",
            one.label,
            "\n".join(
                "　".join(filter(None, (moment_text(step.at), step.label, step.who, step.reason)))
                for step in one.events
            )
            or UNKNOWN,
        )
        for one in signs_of(folder.around.session, folder.station.id)
    ]
    return Section(
        "标识牌", (table(("牌", "现在", "经过"), (0, 0, 1), rows, "还没有编发标识牌。"),)
    )


def photos(folder: Folder) -> Section:
    """照片: the newest usable one of each subject; those that are missing are named."""
    around, station = folder.around, folder.station
    shown, none = [], []
    for subject in SHOWN:
        found = around.photos.get((station.id, subject.value))
        if found is None:
            none.append(subject.label)
            continue
        photo, who = found
        place = folder.attach(f"照片：{subject.label}", photo.day_on, photo.sha256)
        name = f"photo{len(folder.pictures)}.jpg"
        folder.pictures.append((name, photo))
        checked = "" if photo.time_verified else "，时间未核实"
        shown.append(
            {
                "file": name,
                "label": f"{place}　{subject.label}",
                "words": f"{full_day_text(photo.day_on)}　{who or UNKNOWN}拍{checked}",
                "sha256": photo.sha256,
            }
        )
    blocks: list[Block] = []
    if shown:
        blocks.append({"kind": "photos", "items": shown})
    if none:
        blocks.append(words(f"没有照片：{'、'.join(none)}。"))
    late = missing_of(around.session, station=station, to=around.by)
    if late:
        blocks.append(words(f"另有{len(late)}张照片记录到了，照片还在手机里，没有传到。"))
    return Section("门头、营业时间牌和其他照片（各部位最新一张）", tuple(blocks))


def months(folder: Folder) -> Section:
    """签到和件量: month by month, and whether the month was approved."""
    rows = []
    station_id = folder.station.id
    for one in folder.around.months:
        held = one.stations.get(station_id)
        opened = one.opened[station_id]
        if held is None and not opened:
            continue
        if one.approved_at:
            stamp = f"{one.approver}于{moment_text(one.approved_at)}核准"
            if one.corrected[station_id]:
                stamp += f"，核准后又来过{one.corrected[station_id]}条更正，这里是核准时的数"
        else:
            stamp = "没有核准，数字还会变"
        figures = (
            (held.due, held.counted, held.without, held.received, held.sent, held.agri_sent)
            if held
            else (UNKNOWN,) * 6
        )
        rows.append((full_month_text(one.month_on), f"{opened}天", *map(str, figures), stamp))
    return Section(
        "签到和件量（按月，最近一年）",
        (
            table(
                (
                    "月份",
                    "签到",
                    "应报天数",
                    "报了",
                    "没报",
                    "收到件",
                    "寄出件",
                    "其中农产品",
                    "核准没有",
                ),
                (0, 0, 0, 0, 0, 0, 0, 0, 1),
                rows,
                "最近一年没有签到，也没有报过件数。",
            ),
        ),
    )


def inspections(folder: Folder) -> Section:
    """督导: every record's newest version with its result and hash."""
    session, station = folder.around.session, folder.station
    every = of_stations(session, station_ids=[station.id])
    states = record_statuses(session, every)
    who = names_of(session, person_ids=[one.inspector_id for one in every])
    rows = []
    for one in every:
        place = folder.attach(f"督导记录（第{one.version}版）", one.day_on, one.frozen_sha256)
        failing = [each["clause"] for each in one.findings if each.get("counts_against")]
        ended = outcome_text(one) + (f"：{one.outcome_note}" if one.outcome_note else "")
        rows.append(
            (
                full_day_text(one.day_on),
                who.get(one.inspector_id, UNKNOWN),
                states[one.id].label
                + ("" if one.counted is Counted.YES else f"（{one.counted.label}）"),
                f"{one.fails}条" + (f"：{'、'.join(failing)}" if failing else ""),
                ended,
                hashed(place, one.frozen_sha256),
            )
        )
    return Section(
        "历次督导",
        (
            table(
                ("哪一天", "督导员", "结果", "不符合", "怎么了结", "记录"),
                (0, 0.8, 1, 1.4, 1.4, 2),
                rows,
                "还没有督导员来过。",
            ),
            words("暗访单独统计，不列入本档。"),
        ),
    )


def mends(folder: Folder) -> Section:
    """整改: open and closed, each with its way."""
    around = folder.around
    rows = [
        (
            f"{one.rectification.clause}　{one.rectification.title}",
            one.rectification.why,
            one.notice_text or "没有发通知书",
            one.state_label
            + (f"，已逾期{-(one.days_left or 0)}天" if one.overdue else ""),
            full_day_text(one.rectification.due_on),
            "\n".join(
                "　".join(filter(None, (moment_text(step.at), step.label, step.who, step.told)))
                for step in one.steps
            )
            or UNKNOWN,
        )
        for one in rectifications_seen(
            around.session, county=around.county.code, on=around.today, seen_by=around.by,
            station_id=folder.station.id,
        )
    ]  # fmt: skip
    return Section(
        "整改",
        (
            table(
                ("条款", "问题", "通知书", "现在", "期限", "经过"),
                (1.6, 1.6, 1.2, 0.9, 0, 2.4),
                rows,
                "没有要整改的。",
            ),
        ),
    )


def matters(folder: Folder) -> Section:
    """问题: what was brought against the station, open and closed; nobody who brought it."""
    around = folder.around
    rows = [
        (
            one.number,
            f"{one.source.label}　{one.kind.label}",
            full_day_text(one.heard_on),
            one.stage.label + (f"，已逾期{-(one.days_left or 0)}天" if one.overdue else ""),
            one.holder or "还没有转办",
            full_day_text(one.due_on),
        )
        for one in matter_lines(
            around.session, county=around.county.code, on=around.today, seen_by=around.by,
            wanted=Wanted(choice="all", brought=True, station_id=folder.station.id),
        )
    ]  # fmt: skip
    return Section(
        "问题",
        (
            table(
                ("编号", "来源和事由", "哪天知道的", "现在", "在谁手里", "期限"),
                (0, 2, 0, 1, 1.3, 0),
                rows,
                "在您能看到的范围里，没有登记过问题。",
            ),
            words("反映人和原话不印在档案里，请到系统里按编号查看。"),
        ),
    )


def complaints(folder: Folder) -> Section:
    """投诉: what villagers complained of, and how it ended; no words, no telephone, nobody."""
    around = folder.around
    rows = [
        (
            line.complaint.number,
            f"{line.complaint.channel.label}　{line.complaint.kind.label}",
            full_day_text(line.complaint.received_on),
            line.complaint.state.label + ("，待核" if line.complaint.held else ""),
            line.complaint.outcome.label if line.complaint.outcome else "还没有答复",
            (line.complaint.follow_up.label if line.complaint.follow_up else "未回访")
            if line.days_left is None
            else full_day_text(line.complaint.due_on) + "以前答复",
        )
        for line in complaint_lines(
            around.session, county=around.county.code, on=around.today, seen_by=around.by,
            wanted=Voices(choice="all", station_id=folder.station.id),
        )
    ]  # fmt: skip
    return Section(
        "投诉",
        (
            table(
                ("编号", "怎么来的、什么事", "哪天收到", "现在", "结果", "回访或期限"),
                (0, 2, 0, 1, 1, 1.3),
                rows,
                "在您能看到的范围里，没有投诉。",
            ),
            words("投诉是村民的声音，本身不改站点的结论。反映人和原话不印在档案里。"),
        ),
    )


def changes(folder: Folder) -> Section:
    """变更记录: the newest lines of the history."""
    around = folder.around
    lines = history.lines(
        around.session,
        county=around.county.code,
        station_id=folder.station.id,
        secret=told_of_secret_visits(around.by),
        limit=5 * HISTORY_LINES,
    )
    rows = []
    for line in [one for one in lines if one.action not in OF_MATTERS][:HISTORY_LINES]:
        what = [line.summary]
        for one in line.changes:
            old, new = one["old"], one["new"]
            if one["field"] == "head_phone":
                old, new = (around.telephone(each) if each else "" for each in (old, new))
            what.append(f"{one['label']}：{old or '空'} → {new or '空'}")
        if line.reason:
            what.append(f"理由：{line.reason}")
        rows.append((moment_text(line.at), line.who, "\n".join(what)))
    return Section(
        f"变更记录（最近{HISTORY_LINES}条，问题的经过不在内）",
        (table(("什么时候", "谁", "什么"), (0, 0, 1), rows, "没有变更记录。"),),
    )


def attached(folder: Folder) -> Section:
    """附件清单: every hash that the dossier names."""
    around = folder.around
    rows = [
        (f"附{number}", one.what, one.day, one.sha256)
        for number, one in enumerate(folder.attached, 1)
    ]
    return Section(
        "所附材料和校验码清单",
        (
            table(("号", "是什么", "哪一天", "SHA-256"), (0, 1, 0, 2.7), rows, "没有所附材料。"),
            facts(
                [
                    ("打印时间", moment_text(around.now), "北京时间"),
                    ("打印人", around.by.name, around.by.role.label),
                ]
            ),
            words(
                "本档是打印那一刻系统里的情况，以后的变化只在新打印的档案里。"
                "“未登记”“不清楚”是系统里没有，不等于没有或不符合。"
            ),
        ),
    )
