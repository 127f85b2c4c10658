"""What offices write beside the rows of a list: sums, signatures, remarks; none is a row."""

import re

from server.plain_text import bare_text

SUMS = re.compile(
    r"(?:本页|全县|全镇|全乡|以上|累计)?(?:合计|总计|小计|共计|总数|汇总)"
    r"[:：]?[（(]?[\d.,]*[个站处村家户点名人]*[)）]?"
)
SIGNED = re.compile(
    r"(?:制表|填表|填报|统计|审核|审批|复核|经办|负责|分管领导|主管领导|单位领导|报送|汇报)"
    r"(?:人|人员|单位|部门|日期|时间|签字|签名|盖章)*(?:[（(].{0,8}[)）])?(?:[:：].*)?"
    r"|(?:日期|时间|单位|单位[（(]?盖章[)）]?|盖章|签字|签名|联系人|联系电话|电话)[:：].*"
    r"|.{0,30}[（(]?(?:盖章|公章|签章)[)）]?(?:[:：].*)?"
    r"|\d{4}[-年/.]\d{1,2}(?:[-月/.]\d{1,2}日?|月)"
)  # fmt: skip
REMARK = re.compile(r"(?:备注|附注|注释|注|说明|填表说明|填报说明|备注说明)(?:[:：].*|\d{0,2})")


def said_beside(text: str) -> str:
    """What a cell's text is that names nobody and nothing: 合计, 落款 or 备注; "" for a name."""
    plain = bare_text(text)
    for pattern, what in ((SUMS, "合计"), (SIGNED, "落款"), (REMARK, "备注")):
        if pattern.fullmatch(plain):
            return what
    return ""
