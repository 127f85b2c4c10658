"""Rows that say nothing of days or times: names, brands, welcomes, notices.

A fixed list. Whatever is not on it may limit the hours (雨天除外), and is left to the grammar,
which then refuses to read them.
"""

import re

from server.policy.brands import BRANDS, CARRIERS, SLOGANS
from server.policy.hours.offers import GOODS, KEEPING, OFFERS, TRAILING
from server.policy.hours.people import asks_to_call, tells_of_people
from server.policy.hours.titles import HEADED

_PHRASES = (
    *SLOGANS, *BRANDS, *OFFERS, *GOODS,
    # What is done there.
    "便民", "(?:综合)?服务", "(?:[寄取收发领](?:快递|件)[ 、,/和]*){2,}", "收发快递",
    "(?:收寄|寄取|取寄|揽收)(?:快递|包裹|快件|邮件)", "代[收取发寄]快递", "代收包裹",
    "快递(?:收发|代收|服务)?", "物流", "包裹", "速递", "速运", "快运", "货运", "托运", "零担",
    "冷链", "买 ?卖 ?推 ?缴 ?代 ?取", "当[日天](?:到件?|来件|快件)当[日天](?:投递|派送|送达|派完)",
    # Titles, welcomes, notices.
    "公示牌?", "公告栏?", "告示", "温馨提示", "(?:取件|寄件|客户|顾客)?须知",
    "服务(?:承诺|宗旨|公约|标准|规范)",
    "欢迎(?:光临|您)?",
    "谢谢(?:合作|光临|惠顾)?", "请出示取件码", "凭码取件", "微信扫一扫", "扫码(?:取件|寄件|支付)?",
    "收款码", "禁止吸烟", "严禁烟火", "小心地滑", "内有监控", "(?:您已进入)?(?:24小时)?监控区域",
    "请保管好(?:个人|随身|贵重)物品", "请佩?戴好?口罩",
    "假一[赔罚][一二三十百]", "请随手关[门灯]", "请勿(?:停车|吸烟|拍照|喧哗|触摸|倚靠|入内)",
    "(?:门[口前]|此处|车库门?口?)?(?:(?:严禁|禁止|请勿)停车|请勿堵塞)",
    ("(?:寄件|寄快递|寄大件|大件|退换货|送货)请?(?:提前)?(?:打?电话|来电|致电|微信)(?:联系|预约)?"),
    "请扫(?:描二维)?码(?:取件|支付|付款|出库)?", "扫码付款", "微笑服务",
    "(?:当心|小心)(?:地滑|滑倒|台阶|玻璃|碰头|触电|有电)", "实名(?:收寄|寄递|登记)",
    "(?:收寄|当面)?验视(?:封装)?", "违禁品(?:禁[止寄]寄?|不收)", "易碎品?请?轻[拿放]轻?放?",
    "请(?:您)?(?:带好?|携带|出示)(?:本人)?身份证(?:原件|件)?(?:[取寄]件)?",
    "贵重物品请?(?:保价|保管)",
    "请(?:当面)?(?:核对|验货|点清)(?:姓名|信息|物品|包裹|快件)?",
    "风雨无阻", "请(?:您)?(?:妥善)?保管好?(?:好)?(?:您的|自己的)?(?:取件码|包裹|快件|证件|小孩)",
    "(?:请勿|禁止|严禁)(?:靠近|攀[爬登]|翻越|张贴|乱扔垃圾|倒垃圾|吐痰|错拿|乱拿|翻[动找])",
    "(?:请勿|禁止|严禁)(?:堆放|占用|带?宠物|明火)", "文明(?:排队|取件|乡村|村镇)?",
    "(?:小心|当心|注意)(?:脚下|安全|烫伤|夹手|恶?犬|有狗|车辆|防[火盗]|卫生)",
    "欢迎(?:选购|品尝|来电|咨询|[取寄]件|监督|订购|新老(?:顾客|客户)(?:光临|惠顾)?)",
    "品种齐全|价格(?:优惠|实惠)|质优价廉|经济实惠|老少皆宜|量大从优|保质保量|现做现卖",
    "质量保证|安全放心|方便快捷|安全快捷|明码标价|概不(?:赊账|赊欠|议价)|谢绝(?:还价|赊账)",
    "(?:支持)?(?:微信|支付宝|云闪付|扫码|刷卡)+(?:支付|付款)", "(?:拿|取)错(?:请归还|必究)",
    "(?:凭|报|请报|请出示)(?:手机|取件)?(?:尾号|短信|姓名|手机号)(?:取件|领取|取货)?",
    "(?:取件|代取)?请(?:自觉)?(?:签[字收]|登记|出库|扫码出库|拍照出库)",
    "全心全意为(?:您|人民|村民|群众|大家)服务|竭诚为您服务|服务至上|客户至上|您的满意是?我们的(?:追求|心愿)",
    "我们一直在您身边|一直在您身边", "请当面(?:验货|点清|核对)", "离店(?:后)?概不负责",
    "免费(?:代[收存寄取]|存放|寄存|保管)", "快递代[办收取寄]", "[代交缴]{1,2}(?:话|电|水)费",
    ("(?:生鲜|水果|冷链|冻品|冷冻|海鲜){1,2}件?(?:到了?)?(?:请|马上|尽快|及时|当[日天]|优先){1,3}(?:来|前来)?"
     "(?:取走?|取件|领取|领走?|拿走?)"),
    "(?:已|每[天日]|定期|本[店站]已)?(?:消毒|消杀)(?:完毕)?",
    (f"(?:[到在]?本[店站点](?:可?取|代收|收|派)|可取)[: ]?(?:{'|'.join(CARRIERS)}|邮政)"
     f"(?:[、,，/ 和]*(?:{'|'.join(CARRIERS)}|邮政))*(?:快递|快件|包裹)?"),
    "乡村振兴|服务三农|服务群众|为民服务|吉祥如意",
    "招财进宝|生意兴隆|财源广进|恭喜发财|万事如意|出入平安|和气生财",
    "(?:收|寄|取|存|理|拣)件[室处间台]",
    ("(?:[查问]件|订货|咨询|下单|进群)?请?加?(?:微信|V信|VX|WX)号?[: ]?"
    "[A-Z][A-Z\\d_ -]{4,19}"),
    "(?:寄|查|催)件请?(?:拨打?|致电)[: ]?(?:11183|12305|95\\d{3,4})",
    "当[日天](?:到?件|来件|快件|货)当[日天](?:取走?|清|领走?|提货?|取[件完])",
    ("(?:本[站店]由?)?[一-龥]{2,14}(?:公司|局|社|政府|协会|中心|集团)"
    "(?:管理|运营|承办|主办|监制|监督|授权|指定)"),
    "(?:站点|网点|门店|店铺|商户)?编号[: ]?[A-Z\\d-]{2,24}",
    "正在营业", "营业中", "诚信经营", "推", "拉",
    "(?:热情|热忱|真诚|笑脸)(?:待客|迎客)|以客为尊|准时开门|(?:十|几十|百|\\d{2,3})年老店|老店十年",
    "闲人免[进入]|闲杂人等?(?:请勿|禁止|免)(?:入内|进入?)|[出入]口|请(?:进|入内)",
    "请?[上在]?[二三]楼(?:取件|取货)?|请?上楼|请?轻(?:开轻)?关门",
    "[请往向]{0,2}[前左右里东南西北][转走行拐]?\\d{1,3}米(?:处|左右)?",
    "(?:到件)?短信通知(?:取件)?|到件(?:微信|短信|群里?)通知|以取件码为准|(?:扫码)?自助取件",
    "请错(?:开时间|峰)(?:取件)?",
    ("(?:代?收购?(?:粮食|玉米|小麦|稻谷|油?菜籽|花生|黄豆|芝麻|辣椒|药材|山货|废品|头发|土?鸡蛋|核桃|板栗"
     "|茶叶|烟叶|棉花)[ 、]*){2,}"),
    # Couplets and blessings, be a part of them cut off.
    "春满(?:人间|乾坤|大地|人家)?|满?(?:人间|乾坤)|福(?:[满临到降进](?:家?门|人间|家)?|星高照)|福?满门",
    "喜?迎(?:新春|[新春福喜](?!店))|[接纳](?:福|财|千?祥)|天增岁月|人增寿|五谷丰登|六畜兴旺|抬头见喜",
    "出(?:入平安|门见喜)|开门(?:大吉|见喜)|财源(?:广进|滚滚)?(?:达三江)?|生意兴隆通四海|门迎百福",
    "户纳(?:千祥)?|和顺一门(?:有百福)?|平安二字(?:值千金)?|恭贺新[禧春]|新[春年](?:快乐|大吉)",
    "(?:岁岁|四季|一路|阖家)平安|年年(?:有余|如意)|万象更新|吉星高照|瑞雪兆丰年|辞旧(?:岁|迎新)",
    "(?:以上)?(?:营业|服务)时间如[有遇](?:变[动化更]|调整),?(?:请?以[一-龥]{0,4}(?:公告|通知|公示)为准|另行通知|提前通知)",
    "(?:雨|雪|雨雪)天路滑,?(?:请?(?:小心|慢[走行]|注意(?:安全)?))?",
    "扫码加?(?:微信)?群看?到货通知",
    "(?:棋牌|麻将|活动|阅览|图书|会议|卫生|仓库|茶)室?在[一二三四1-4]楼",
    "停车(?:请勿|别|不要)(?:堵门|挡门|挡路|挡道)|(?:请勿|不要)(?:堵门|挡门|挡道)",
    "24小时(?:客服)?在线(?:客服)?", "进站请?熄火",
    r"送货上门满\d+元|满\d+元(?:送货上门|免费送货|包邮)",
    "如有(?:变[动化更]|调整),?(?:请?以[一-龥]{0,4}(?:公告|通知)为准|(?:恕不)?(?:另行|提前)通知)",
    "(?:取件码|派件时间|到件时间|到货时间)(?:请)?以(?:手机)?(?:短信|通知|信息)为准",
    "请(?:您)?合理安排(?:好)?(?:取件|出行)?时间",
    # What English stands beside them; CLOSED, ONLY, EXCEPT and the names of days are not here.
    ("(?:SF|YTO|ZTO|STO|YUNDA|J ?& ?T|JD|DEPPON|CAINIAO|TUXI|OPEN|PUSH|PULL|GROUP|LTD"
    "|CHINA|POST|POSTAL|OFFICE|EXPRESS|COURIER|PARCELS?|DELIVERY|LOGISTICS|RURAL|COUNTY|TOWN"
    "|VILLAGE|STATION|SERVICES?|CENT(?:ER|RE)|SHOP|STORE|SUPERMARKET|BANK|HOTEL|MOBILE|PHARMACY"
    "|NOTICE|WELCOME|THANKS?|YOU|TO|OF|AND|THE|FOR)(?![A-Z])"),
)  # fmt: skip
_PHRASES_ONLY = re.compile(rf"(?:(?:{'|'.join(_PHRASES)})[ ,.!:·、/|()“”\"-]*)+")
_KINDS = (
    "快递(?:综合|便民)?服务(?:站|点|部|中心)", "(?:邮政)?(?:综合|便民)服务(?:站|点|中心|平台)",
    "(?:快递|菜鸟|便民|邮政|村民|邻里|社区|乡村)?驿站", "(?:便民)?快递", "服务[站点部]",
    "快递(?:超市|营业部|网点|代办点|代收点|收发点|点|站)",
    "[县乡镇市]?邮政(?:所|支局|局|代办所)", "[一-龥]{2}支局", "邮电所|供电所|村部|大队部|卫生所",
    "寄递(?:物流)?(?:综合)?服务[站点]", "(?:寄递|统仓)?共配中心", "电商(?:综合)?服务[站点]",
    "益农信息社", "供销社", "超市", "便利店", "商店", "小卖部", "百货店?", "副食店?", "批发部",
    "门市部?", "卫生室", "药店", "村委会", "村民委员会", "党群服务中心", "客运站", "农资店?",
    "邮政(?:快递)?(?:服务站|代办点|营业厅)", "银行(?:[一-龥]{1,8}[支分]行)?", "信用社|储蓄所|信合",
    "便民店", "村邮站", "快递进村(?:综合|便民)?服务[站点]",
    "大?药房|诊所|卫生院", "(?:综合)?服务社", "(?:自提|代办|便民|代收|取货|提货)[点站]",
    "农家书屋", "(?:邮件)?收发室", "营业[厅所]", "加油站", "(?:专业)?合作社",
    "[五金烟酒文具水果蔬菜粮油理发饭面]{1,4}店",
    "(?:自助|智能)*(?:快递|取件|自提|寄件|丰巢)?(?:自助|智能)*柜",
    "代销[店点]",
    "饭馆|餐馆|面馆|理发[店馆]?|发廊", "(?:批发|生活|购物|平价)(?:超市|中心|广场)",
    "铺子", "商行", "商贸", "经营部", "营业部", "分部", "网点", "取件点", "寄件点", "揽收点",
    "收货点", "门市", "专卖店", "专营店", "加盟店", "连锁店?", "分店", "总店", "旗舰店", "小吃店?",
    "烧烤店?", "夜宵", "米线店?", "饭[店庄]", "酒家", "农家乐", "民宿", "客栈", "旅[社馆]",
    "宾馆", "招待所", "茶[馆社楼]", "照相馆", "花店", "[兽种][医子]站", "修[理车](?:部|铺|行|店)",
    "汽修厂?", "车行", "轮胎店?", "[油磨酒粉豆腐]{1,2}坊", "裁缝[店铺]", "大?卖场",
    "[服装鞋布书花衣童母婴文具眼镜手机家建材]{1,4}店", "代收点?", "电商(?:服务)?站", "站点",
    "邮政管理局(?:监制)?", "人民政府", "工作专班", "(?:快递|物流|行业|电商){1,3}协会(?:监制)?",
)  # fmt: skip
_ENDS = (
    r"(?<=[一-龥])(?:窗口|之家|服务[处台]|传达室|邮政(?:[分支]?公司|支局)"
    r"|[收发代暂存管办销营卖投揽取][点处站])"
)
"""What any house may be called, where no word before it limits."""
_NAME = re.compile(
    rf"(?P<place>(?!每)[一-龥]{{0,10}}?)(?:\d{{1,4}}号)?(?:{'|'.join(_KINDS)}|{_ENDS})(?:公示|牌|欢迎您?)?"
)
_HEADED = re.compile(
    rf"^(?P<place>[一-龥]{{0,10}})(?:{'|'.join(_KINDS)}|邮政|快递)(?:对外)?(?={HEADED})",
    re.MULTILINE,
)
_VILLAGE = re.compile("(?![外本邻各某别全他]|.个)[一-龥]{2,4}村(?:委会)?")
_MARKET_TOWN = re.compile(
    "(?![赶逢每闲非不是一二三四五六七八九十])[一-龥]{2,3}[圩墟场集街屯寨镇乡]"
)
"""那楼圩 before a name: what is called after its market."""
_ADDRESS = re.compile(
    r"地址:? ?([一-龥A-Z\d-]{1,28}(?:旁边?|边|[东南西北]?[侧头端]|内|里|处|院|村|屯|路|街上?|口"
    r"|对面|隔壁|附近|广场|楼下|[东南西北]?[号楼室\d]))"
)
_REGISTERED = re.compile(
    r"(?:快递|末端|网点|邮政|经营|工商|营业|业务){0,4}"
    r"(?:备案|许可证?|执照|登记证?|注册|统一社会信用代码|信用代码)(?:编?号码?)?[: ]*"
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀黔滇藏陕甘青宁新]?[一-龥]{0,5}"
    r"[\dA-Z()-]{3,24}号?"
)
_CALLED = re.compile(
    r"(?P<who>[一-龥]{0,6})(?:电话|热线|手机|客服)(?:号码|号)?[: ]*"
    r"(?:(?:\d{3,4}-)?\d{5,12}|1\d\d \d{4} \d{4})"
    r"(?: ?\((?:24小时|全天)\))?"
)
_NUMBER = re.compile(r"(?:邮政编码|邮编)[: ]*\d{6}|1[02]\d{3}|95\d{3,5}")
"""Post codes, and the short numbers that everybody calls: 12366, 950616."""
_DATE = re.compile(r"(?:19|20)\d\d[年./-]\d{1,2}(?:[月./-](?:\d{1,2}日?)?)?")
# What no name of a place has, and a limit may: 雨天请到村委会.
_LIMITS = re.compile(
    "新址|新地址|[休除逢停歇雪放在寄存搬迁移换转隔送领取派改作卖不仅只暂另请到去如有时点早晚限看以为准例外具暑寒假凭按照由因当若须无没年非拒禁绝]|[春夏秋冬]季|关[门闭]|放假|[下雨]雨|雨天|农[忙闲]|预约|周[一二三四五六日末天]|期间|学期|开学|结束|节假|[上下中]午"
    "|营业|开门|外出|提前|调整|变更|临时|[单双][号日]|平[日时常]|春节|过年|赶[集场圩墟街]|全天|[昼日]夜|夜[里间晚]"
)

_SHOP = re.compile(
    rf"^(?P<place>[一-龥]{{0,10}})(?:{'|'.join(_KINDS)}|邮政|快递)"
    r"(?:[ :]+|(?=每|(?:早上?)?\d{1,2}[:点时]|早\d))"
    rf"(?=(?:本店)?(?:{HEADED})|每[天日周]|[早上]|\d|周|全[天年])",
    re.MULTILINE,
)
"""小卖部 早6点-晚10点; where there are more rows of times they may be those of other shops."""

_HOUSE = re.compile(rf"^(?P<place>[一-龥]{{2,8}}[店铺坊行馆屋吧社部]) +(?={HEADED})", re.MULTILINE)
"""鲜果坊 自提时间: whatever a house is called, before a title."""

_BRANDED = re.compile(
    rf"^(?:(?:{'|'.join(CARRIERS)})(?:快递|速递|快运)?[ 、,/]+)+"
    r"(?=(?:本[店站])?(?:营业|服务|取件)时间|每[天日]|[早上]|\d|周|全[天年])",
    re.MULTILINE,
)
"""韵达 申通 极兔 8:30-20:00, where no other row has times."""

_ANOTHER = re.compile(r"[\d点半] ?[,;。(]? ?(?:快递|邮政|驿站|网点|[代取寄收]件?|超市|小卖部)")
"""超市 8:00-12:00 快递 14:00-18:00: two of them in one row."""

_TIMELY = re.compile("[0-9]+[:.点时]|[一二三四五六七八九十两零]+[点时]|小时|全天")


def without_harmless(plain: str) -> str:
    """A spelt text without the rows above and below its times that are wholly harmless.

    Between times nothing is: 邮政 and 快递 there may be whose times they are.
    """
    rows = _HEADED.sub(_without_name, plain).split("\n")
    rows = [row for row in rows if not KEEPING.fullmatch(row.strip(" ,。!"))]
    if sum(_TIMELY.search(row) is not None for row in rows) <= 1:
        rows = [
            row
            if _ANOTHER.search(row)
            else _HOUSE.sub(_without_name, _SHOP.sub(_without_name, row))
            for row in rows
        ]
        rows = [_BRANDED.sub("", row) for row in rows]
        rows = [TRAILING.sub("", row) if _TIMELY.search(row) else row for row in rows]
    timely = [n for n, row in enumerate(rows) if _TIMELY.search(row) and not is_harmless(row)]
    first, last = (timely[0], timely[-1]) if timely else (0, -1)
    return "\n".join(
        row for place, row in enumerate(rows) if first <= place <= last or not is_harmless(row)
    )


def _without_name(found: re.Match[str]) -> str:
    """西庄村快递便民服务点 of 西庄村快递便民服务点营业时间."""
    return found.group() if _LIMITS.search(found["place"]) else ""


def is_harmless(row: str) -> bool:
    """Whether a spelt row is wholly a name, a brand, a welcome, an address or the like."""
    row = row.strip(" ,.!:·、-*★☆●")
    if not row or any(one.fullmatch(row) for one in (_PHRASES_ONLY, _DATE, _REGISTERED, _NUMBER)):
        return True
    if tells_of_people(row):
        return True
    return _is_called(row) or _is_of_a_place(row)


def _is_called(row: str) -> bool:
    called = _CALLED.fullmatch(row)
    return called is not None and not (_LIMITS.search(called["who"]) or asks_to_call(called["who"]))


def _is_of_a_place(row: str) -> bool:
    parts = [part for part in re.split("[ 、/|]", row) if part]
    if len(parts) > 1 and _MARKET_TOWN.fullmatch(parts[0]) and not _LIMITS.search(parts[0]):
        return all(len(part) > 1 and is_harmless(part) for part in parts[1:])
    if len(parts) > 1 and all(len(part) > 1 and is_harmless(part) for part in parts):
        return True
    named = _NAME.fullmatch(row)
    if named:
        return not _LIMITS.search(named["place"])
    if _VILLAGE.fullmatch(row):
        return not _LIMITS.search(row)
    address = _ADDRESS.fullmatch(row)
    return address is not None and not _LIMITS.search(address[1])


def may_limit_a_place(words: str) -> bool:
    """Whether what stands before 服务站 or 小卖部 holds what no name of a place has."""
    return _LIMITS.search(words) is not None
