"""Rows that hold a time, a day or a number of days and say nothing of opening.

中通下午三点到货, 超过七天不取退回, 周六有豆腐卖, 始于1998年: when things arrive, how long they are
kept, what others do. Each kind is known whole; a row of which a part is unknown is none.
"""

import re

from server.policy.brands import BRANDS, CARRIERS
from server.policy.hours.silent import limits_nothing
from server.policy.hours.trades import parted, unmarked
from server.policy.hours.weighed import weight

_NUM = "(?:[一二两三四五六七八九十百半]{1,3}|\\d{1,4})"
_HALF = "(?:凌晨|清晨|清早|一早|早上|早晨|上午|中午|晌午|下午|后晌|傍晚|晚上|夜里|半夜|早|晚)"
_CLOCK = (
    r"(?:\d{1,2}:[0-5]\d|(?:\d{1,2}|二?十[一二三四]?|[一二两三四五六七八九])[点时]"
    r"(?:钟|半|整|一刻|三刻|(?:\d\d|[二三四五]?十五?)分?)?)"
)
_AT = rf"(?:{_HALF}? ?{_CLOCK}(?:多|左右|前后|前|后|以前|以后|之前|之后)?|{_HALF})"
_ABOUT = rf"(?:(?:大约|大概|约|约在|在|都在|一般)?{_AT}(?:[至到-]{_AT}|[、,和]{_AT})?)"
_WEEKDAY = "[一二三四五六日天]"
_WEEKDAYS = rf"(?:每?周(?:{_WEEKDAY}(?:[、,和及 ]?周?{_WEEKDAY}){{0,6}}|末))"
_IN_MONTH = (
    r"(?:每月(?:\d{1,2}|[一二三]?十?[一二三四五六七八九]?)[号日]?(?:[、,和]?\d{1,2}"
    r"[号日])*|月[初中底末])"
)
_MARKET = "(?:逢?赶?[集场圩墟街](?:日|天)?|逢[一二三四五六七八九十]{1,3})"
_LUNAR = "(?:(?:每月)?初[一二三四五六七八九十](?:[、,和]?(?:初[一二三四五六七八九十]|十五))*)"
_EVERY = "(?:每天|每日|天天|日日|每早|每晚|每周|每年|隔天|隔日|[单双]日|[单双]号)"
_DAY = rf"(?:{_EVERY}|{_WEEKDAYS}|{_IN_MONTH}|{_MARKET}|{_LUNAR})"
_WHEN = rf"(?:(?:{_DAY}[ ,]?)?{_ABOUT}|{_DAY})"
_LONG = rf"{_NUM}(?:个)?(?:分钟|小时|钟头|天|日|周|星期|礼拜|个?月|季|年)"
_ONES = "(?:" + "|".join(sorted({*CARRIERS, *BRANDS}, key=len, reverse=True)) + ")"
_MAIL = "(?:(?:船运|车运)?(?:快递|快件|包裹)|邮件|报纸|报刊|信件|货|件|新货|来货)"
_SENDERS = (
    rf"(?:(?:{_ONES}|{_MAIL}|(?:社区)?团购|拼团|接龙的?|买菜)(?:快递|速递|快运|物流|公司|驿站)?"
    rf"(?:[ 、,/和]*{_ONES}(?:快递|速递|快运|物流)?)*(?:的?(?:{_MAIL}|{_MAIL}?车|车辆|货车))?)"
)
_TOWN = "(?:[一-龥]{1,3}[市县镇乡村城区]|县城|城里|市里|县里|镇上|镇里|乡里|村里|省城)"
_BUSES = (
    rf"(?:(?:(?:去|往|到|开往|发往|{_TOWN}[至到-]){_TOWN}的?)?(?:{_TOWN}的?)?"
    "(?:头班|首班|早班|末班|晚班|中班|定时)?"
    "(?:班车|客车|公交车?|中巴|大巴|校车|通勤车|送菜车|邮车|货车|末班车|头班车|首"
    "班车|车)(?:一般)?)"
)
_COMES = (
    "(?:到货|到件|来货|来件|到站|到村|进村|到村口|到店|到达|送达|来车|到车|卸货|到|来"
    "|送到|送来|送报)"
)
_GOES = rf"(?:{_COMES}|发车|发往{_TOWN}|开|走|路过|经过|返回|回|过|一趟|一班)"
_TIMES_A = (
    rf"(?:[一每]?[天日周](?:来|跑|到|送)?{_NUM}[趟班次回]"
    rf"|{_NUM}[天日](?:来|跑|到|送)?[一二两三1-3][趟班次回])"
)
_KEPT = "(?:保管|存放|保存|寄存|代存|留存|保留|存|放|留)"
_NOT_FETCHED = (
    "(?:不取|未取|没取|无人取|没人取|没人领|无人领|未领|不领|不来取|没来取|未取件|未取走)"
)
_BACK = (
    "(?:退回去?|退(?:给|回)?(?:寄件人|发件人|商家|卖家)|退件|退货|退|退走|退掉|退寄|退库|原路退回|收费|收保管费|收取?保管费?"
    "|另收费|加收?费"
    "|自动退回|概不负责|不再负责|自行处理|后果自负|处理)"
)
_WILL = "(?:就|将|则|要|按|都|便|给|的|者|会|一律|统一|自动|即|我们|我)*"
_SEND = "(?:寄|寄件|寄出|下单|交件|交货|送来|发货|付款|拍下|拿来)"
_GONE = "(?:发|走|发走|发出|发货|寄出|寄走|出货|发件|装车|发运|送出|送达|送到)"
_SAME_DAY = "(?:当天|当日|当晚|今天|次日|第二天|隔天)"
_FEAST = (
    "(?:新年|新春|春节|元旦|元宵节?|端午节?|中秋节?|国庆节?|五一|节日|重阳节?|妇女节|"
    "六一|双节|虎年|兔年|龙年|蛇年|马年|羊年|猴年|鸡年|狗年|猪年|牛年|鼠年)"
)
_WISH = "(?:快乐|愉快|吉祥|大吉|安康|幸福|好|如意|同乐|行大运|发财)"
_CHEAP = (
    "(?:优惠|特价|半价|便宜|打折|[一二三四五六七八九]折|\\d(?:\\.\\d)?折|大促|促销|满"
    "减|促销价|酬宾|有礼|让利|上新)"
)
_BILL = (
    "(?:电费|水费|水电费|话费|网费|医保|社保|养老保险|合作医疗|新农合|卫生费|垃圾费|"
    "燃?气费|房租|取暖费|学费|保险)"
)
_YEAR = r"(?:1[6-9]|20)\d\d"
_WATCHED = (
    "(?:视频|电子|录像|无死角|全程|自动|高清)*(?:监控|录像|摄像|防盗)(?:中|区域?|覆盖|系统|报警)?"
)
_WARRANT = (
    "(?:质保|保修|包换|包退|保换|三包|包修|联保|售后|无理由退?[换货]*|免费换新|只换不"
    "修|免费维修|保质)"
)
_GOODS = r"(?P<goods>[一-龥、,和 ]{1,12}?)"
_WORK = r"(?P<work>[一-龥]{1,8}?)"

_PROVINCE = (
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古?|广西|西藏|宁夏|新疆|东北|江浙沪|珠三角|川渝)"
)
_HONOURS = (
    "(?:先进|示范|优秀|文明|星级|诚信|放心|满意|标兵|竣工|建成|重建|翻修|授牌|颁发|命名|监制|制作"
    "|印制|表彰|获奖|通车|通电)"
)
_NO_MOVE = r"[^\W\d迁搬移停换改转到至起止]"
_ROOM = "(?:住宿|住店|单间|标间|双人间|房间|大床房|客房|三人间)"
_VISITORS = (
    "(?:[县镇乡市](?:人民|中心)?(?:医院|卫生院)的?专家"
    "|体检车|流动银行车?|流动服务车|义诊队?|放映队|献血车)"
)
_NO_PRICE = f".*(?:周{_WEEKDAY}|周末|{_HALF}|[夜雨雪停休假节只仅不未没集忙])"
"""Beside the place in what sending there costs."""

_CARRIERS_MEN = "(?:派件员|快递员|投递员|邮递员|快递小哥|小哥|送货的|司机)"
_CARS = f"(?:(?:快递|物流|邮政|货运|{_ONES})?(?:车|货车|卡车|收件车|拉货车)|{_CARRIERS_MEN})"
_FETCHES = (
    "(?:拉货|收货|收件|拉件|取货|拉走|装走|收走|接货|送货|卸货|装车|发车|揽收|揽件|拉快递"
    "|送快递|送件)"
)
_KINDS = tuple(
    re.compile(rule)
    for rule in (
        # Parcels and cars arrive and leave.
        rf"{_SENDERS}[: ]?{_WHEN}{_COMES}(?:[一-龥]{{0,2}}村|本村|站点?|本站|店里)?",
        rf"{_WHEN}{_SENDERS}{_COMES}",
        rf"{_WHEN}(?:到货|到件|来货|来件|来车|到车|卸货)",
        rf"(?:到货|到件|来货|来件|来车|到车)(?:时间)?[: ]?(?:每天)?{_ABOUT}",
        rf"{_BUSES}[: ]?(?:时间)?[: ]?{_WHEN}{_GOES}?",
        rf"{_WHEN}(?:有|来)?{_BUSES}{_GOES}?",
        rf"(?:{_SENDERS}|{_BUSES})[, ]?(?:每天|每日)?{_ABOUT}?{_TIMES_A}",
        rf"(?:{_SENDERS}|{_BUSES})[, ]?(?:每天|每日)(?:{_ABOUT})?[一两二三1-3][趟班次]",
        (
            rf"(?:派件|派送|投递|送件|送货|配送|揽件|揽收|发件|发货)(?:时间)?[: ]?(?:每天)?{_AT}"
            rf"(?:左右|前后)?"
        ),
        (
            rf"(?:当[天日])?(?:(?:寄件|发件|下单|发货|收件|揽收|揽件)截止|截单|截件"
            rf"|封[包袋车发])(?:时间)?[: ]?"
            rf"(?:每天)?{_ABOUT}"
        ),
        # 快递车每晚七点来拉货, 到站时间 10:40/16:20, 每周二、四、六送报, 早饭6:30 午饭11:30
        rf"(?:{_CARS})[: ]?{_WHEN}(?:准时|准点|统一|会|就|都)*(?:过?来)?{_FETCHES}(?:一[次趟])?",
        (
            rf"(?:到站|到货|到件|到村|来货|来车|发车|班车|封发|发货)(?:时间|"
            rf"时刻)?[: ]?{_CLOCK}(?: ?[/、, 和] ?{_CLOCK})+"
        ),
        rf"{_DAY}(?:送报|送信|送奶|送报纸|送报刊|送牛奶|来报)",
        rf"(?:(?:早|午|中|晚)[饭餐][: ]?{_CLOCK}[ ,、]*){{2,3}}",
        (
            rf"(?:昨[天日晚]?|前一天|当[天日]|今[天早])?(?:{_AT}(?:前|以前|之前)?)?(?:下的?单|"
            rf"买的|订的|拍的)[, ]?"
            rf"(?:今天|次日|第二天|当[天日]|隔天)?{_AT}(?:左右)?(?:到|到货|送到|到店|发货|发走|"
            rf"发出)"
        ),
        (
            rf"(?:{_CARRIERS_MEN})(?:每天|天天)?{_HALF}(?:都|要|会|出去|出村|下村|进村|上门|"
            rf"去)*(?:派件|送件|投递|送货|送快递)"
            "[, ](?:店里|站里|家里|屋里)(?:一直|都|还|照样|总|仍|一样)*有(?:人|老板娘?|店员|"
            "人在|老板娘?在)"
        ),
        # 浙江三天到，新疆七天; 2023年度优秀网点; 住宿一晚60; 周三会员日; 体检车18号来村
        (
            rf"(?:发|寄)?(?:{_PROVINCE}件?[: ]?{_NUM}(?:[至到-]{_NUM})?天(?:到|达|左右)*"
            r"[, 、]?){1,6}"
        ),
        (
            rf"(?:荣获|获评|评为)?{_YEAR}(?:年度?)?(?:\d{{1,2}}月)?{_NO_MOVE}{{0,12}}"
            rf"{_HONOURS}{_NO_MOVE}{{0,8}}"
        ),
        rf"(?:{_ROOM}?[一每][晚夜][: ]?{_NUM}(?:元|块)?|{_ROOM}[: ]?{_NUM}(?:元|块)?[, ]?)+(?:起)?",
        rf"(?P<work>[一-龥]{{2,4}})[一每半](?:小时|下午|上午|天|场|局){_NUM}(?:元|块)钱?",
        (
            rf"(?:(?:每月\d{{1,2}}[号日]|{_WEEKDAYS})会员日"
            rf"|会员日[: ]?(?:每月\d{{1,2}}[号日]|{_WEEKDAYS}))(?:{_CHEAP})?"
        ),
        rf"{_VISITORS}{_DAY}(?:来|进|到|下)(?:村|本村|乡|镇)?(?:坐诊|义诊|看病|服务|体检|放映)?",
        rf"{_SEND}后{_LONG}(?:之?内)?(?:就|必|即|可)?{_GONE}",
        rf"(?:头班|首班|末班|早班|晚班)?车[: ]?{_AT}(?:发|开往|发往|去|到){_TOWN}",
        # What is sent, and when it comes.
        (
            rf"(?:每天|每日)?{_AT}(?:前|以前|之前)?{_SEND}的?(?:快递|快件|件|订单)?"
            rf"[, ]?{_SAME_DAY}(?:就|即|可|都)?{_GONE}"
        ),
        rf"{_SEND}的?(?:快递|快件|件)?{_SAME_DAY}(?:就|即|可|都)?{_GONE}",
        (
            rf"(?:最快|省内|市内|同城|县内|全国|{_ONES})(?:当日|当天|次日|次晨|隔日|隔"
            rf"天|{_NUM}天)(?:达|送达|必达|到达)"
        ),
        (
            rf"(?:省内|省外|市内|同城|县内|全国|偏远地区?)[: ]?{_NUM}(?:[至到-]{_NUM})?"
            rf"天(?:到|达|送达|左右)?"
        ),
        rf"{_SEND}(?:的?件|快递)?{_AT}[, ]?(?:{_SAME_DAY})?(?:就|即|可|都)?{_GONE}",
        # How long it is kept.
        (
            rf"(?:生鲜|冷链|水果|冷冻)?(?:{_MAIL})?(?:只|最多|免费|代为|统一|可)*"
            rf"{_KEPT}期?(?:限)?(?:为|是|最多)?{_LONG}(?:[, ]?(?:超期|逾期|过期|到期|超"
            rf"时){_WILL}{_BACK})?"
        ),
        (
            rf"(?:{_MAIL})?(?:免费{_KEPT}|{_KEPT}?(?:超过|超|满|过|逾期|超出|逾))"
            rf"{_LONG}(?:以上|还|仍|的|后)?(?:{_NOT_FETCHED})?[, ]?{_WILL}{_BACK}"
        ),
        rf"(?:{_MAIL})?{_LONG}(?:之?内)?(?:{_NOT_FETCHED})[的者]?[, ]?{_WILL}{_BACK}",
        (
            rf"(?:生鲜|冷链件?|水果|冷冻|鲜货|活物|苗木|活体[一-龥]{{0,2}}|海鲜|{_MAIL})(?:类|"
            rf"食品)?请?(?:尽快|务必|在|于"
            rf")?(?:{_LONG}之?内|当[天日])(?:及时|尽快)?(?:取走?|取件|领取|领走|取完)"
        ),
        (
            rf"(?:{_MAIL})?(?:到[站店点货件]|到|收到|入库)?(?:后|之后|以后)?请?{_LONG}(?:之?内|里)"
            r"(?:必|会|就|请|将|须|要|都|务必|及时|尽快)*(?:给您?|给你)?"
            r"(?:取走|取完|取件|来取|领走|领取|取|通知|发短信|发信息|短信通知|电话通知|送到|"
            r"送达|送货)"
        ),
        # Watched, founded, guaranteed.
        (
            rf"(?:本[店站]|店内|此处|您已进入|内有|已装)?(?:24小时|二十四小时|全天候?|"
            rf"[昼日]夜|全时段?){_WATCHED}"
        ),
        (
            rf"(?:本店|老店|品牌|[一-龥]{{2,6}})?(?:始|创|建|开|立|成立|创建|创办|创立|"
            rf"始建|开业|诞生|源)[自于]?于?{_YEAR}年?(?:\d{{1,2}}月)?"
        ),
        rf"{_YEAR}年?(?:\d{{1,2}}月)?(?:始创|创立|创建|成立|创办|建|建成|开业|制|立|开办)",
        (
            rf"(?:建站|建店|开业|成立|设立|挂牌|建成)(?:时间|日期)?[: ]?{_YEAR}(?:年|"
            rf"\.)?(?:\d{{1,2}}月?)?"
        ),
        rf"(?:热烈)?(?:庆祝|欢庆|喜迎|欢度|迎接){_FEAST}(?:到来|来临)?",
        rf"(?:SINCE|EST\.?|FROM) ?{_YEAR}",
        (
            rf"(?:{_NUM}|几十|数十)(?:多|余)?年(?:的)?(?:老店|老字号|老铺|老招牌|品质|"
            rf"信誉|手艺|经验|品牌|历史|传承|口碑|诚信|如一日)"
        ),
        rf"(?:[一-龥]{{0,6}}){_WARRANT}期?{_LONG}(?:[, ]?{_WARRANT})?",
        rf"{_LONG}(?:内|之内)?(?:免费)?{_WARRANT}",
        # Wishes, bills, bargains, what is sold on which day.
        rf"(?:祝|恭祝|恭贺)?(?:您|大家|各位|乡亲们?|全村)?{_FEAST}{_WISH}",
        (
            rf"(?:请于?|请在)?(?:{_IN_MONTH}|每年\d{{1,2}}月|{_NUM}月(?:底|份|\d{{1,2}}"
            rf"[号日])?|年底|年前)(?:之?前)?(?:缴|交|代缴|代交|收|扣|结){_BILL}"
        ),
        (
            rf"{_BILL}(?:请于?|请在)?(?:{_IN_MONTH}|{_NUM}月(?:底|份|\d{{1,2}}[号日])?|"
            rf"年底|年前)(?:之?前)?(?:缴纳?|交清?|代缴|代交|截止|收|扣|结清?)"
        ),
        (
            rf"(?:{_DAY}|今[天日]|本周|本月|双十[一二]|{_FEAST})(?:有|卖|现卖|到|来|上|"
            rf"供应|新到)?{_GOODS}(?:卖|到|{_CHEAP}|上市|到货|新鲜|鲜卖|现杀|现做)"
        ),
        rf"(?:{_DAY}|今[天日])(?:有|来|到|卖|现卖|现杀|现做|现磨|供应){_GOODS}",
        rf"{_GOODS}(?:{_DAY})(?:现杀|现做|现磨|到货|有卖|有售|特价|半价|新鲜|上市|便宜)",
        # What it costs.
        (
            r"(?:[寄取]件|快递|省[内外]|同城|大件|小件)?(?:首重|续重|起步价?|每?(?:公斤|千克|斤|"
            r"件|单|票))"
            rf"[: ]?(?:仅|只)?(?:需|要)?{_NUM}(?:\.\d+)?(?:元|块钱?)"
            "(?:起|左右|/(?:KG|公斤|斤|件|单))?"
        ),
        (
            rf"(?!{_NO_PRICE})(?:(?:寄|发|邮|快递)(?:件|快递|包裹)?(?:到|去|往|至)?)?"
            rf"(?:{_TOWN}|(?<=[寄发邮到往至递件])[一-龥]{{2}}|全国|省[内外]|本[省市县]"
            "|外[省地]|同城|市[内区])(?:内|外)?"
            rf"[: ,]?(?:一(?:公斤|斤|件|单)|首重|每?(?:公斤|件|单|票))?(?:仅|只)?(?:需|要)?"
            rf"{_NUM}(?:\.\d+)?(?:元|块钱?)"
            "(?:起步?|左右|一[件单斤]|/(?:KG|公斤|斤|件|单))"
        ),
        # How long something takes.
        rf"(?:最快|只要|仅需|约)?{_NUM}分钟(?:左右|内)?(?:快速)?{_WORK}",
        rf"{_WORK}{_NUM}分钟(?:左右|内)?(?:立等可取|搞定|完成|取|好|出片)",
    )
)
_QUANTITIES = (
    rf"(?<![点时年月]){_NUM}(?:元|块钱?|毛|角|斤|公斤|克|两|升|毫升|公里|里|米|寸|"
    rf"瓦|度|折|岁|只|条|头|亩"
    r"|张|瓶|袋|箱|包|支|份|桶|平米?)|\d+(?:\.\d+)?(?:%|KG|G|ML|L|KM|V|W|号(?:柴油|汽油))"
)
_LENGTHS = rf"(?:第|每|头|满)?{_LONG}|{_YEAR}年?"
_DATES = rf"{_NUM}月(?:份|底|初|[上中下]旬|{_NUM}[日号]?)?"
_SPELLS = rf"{_NUM}(?:个)?(?:分钟|小时|钟头)"
_HARMLESS_NUMBERS = re.compile(rf"(?!{_SPELLS})(?:{_LENGTHS}|{_QUANTITIES}|{_DATES})")
_TIMES = re.compile(f"{_LENGTHS}|{_QUANTITIES}|{_DATES}|{_DAY}|{_AT}")
_SEVERAL = re.compile(rf"{_CLOCK}.*{_CLOCK}|\d ?[-至到] ?\d|{_WEEKDAY} ?[-至到] ?周?{_WEEKDAY}")
"""From when to when: these may be somebody's hours."""
_LIGHT, _LIGHTER, _LEAST = -0.8, -5.0, 3
"""What the rest of a row may weigh, and of one with a clock or a weekday; how many signs it has."""
_NEVER = re.compile(
    "[停休关闭歇]|打烊|莫[怪来入进]|见谅|谅解|抱歉|对不[起住]|不(?!取|锈|领)|没(?:有)?人(?!取|"
    "领)|无人(?!取|领|机)|外出|"
    "不在|进货|拿货|提货|上货|补货|盘|才|再来|以后来|别来"
    "|开门|营业|上班|下班|值班|接送|接娃|办公|取件时间|先|预约|电话|联系|只[在取能有]|仅"
)
"""What none of these rows holds, in whatever slot."""
_LACKING = "没不无缺"
"""What no slot begins with: 周六没豆腐卖."""


def says_times_aside(row: str) -> bool:
    """Whether a spelt row with times or days says nothing of opening.

    It is wholly of a known kind; or what stands round its numbers is of names, goods and requests
    (鸡蛋10元一板), which for a clock or a weekday or some hours must be plainer.
    """
    plain = row.strip(" ,。.!:·*★☆●、")
    return is_of_another_time(plain) or (not _NEVER.search(plain) and _is_beside_numbers(plain))


def is_of_another_time(row: str) -> bool:
    """Whether a spelt row is wholly of one of the known kinds that tell times beside opening."""
    return not _NEVER.search(row) and any(
        all(map(_is_known, found.groupdict().values()))
        for found in (kind.fullmatch(row) for kind in _KINDS)
        if found
    )


def _is_beside_numbers(row: str) -> bool:
    bare = unmarked(_TIMES.sub("", row))
    if bare == unmarked(row) or len(bare) < _LEAST or _SEVERAL.search(row):
        return False
    timed = unmarked(_HARMLESS_NUMBERS.sub("", row)) != bare
    return limits_nothing(bare) and weight(bare) <= (_LIGHTER if timed else _LIGHT)


def _is_known(slot: str) -> bool:
    words = slot.strip(" 、,和的")
    known, left = parted(words)
    if known and not left:
        return True
    if len(words) < _LEAST or words[0] in _LACKING:
        return False
    return limits_nothing(words) and weight(words) <= _LIGHT
