"""A bank's words: what is not surely paid is not booked, what may still be paid is not freed."""

from server.policy.plan.bank_words import Went, went

SAID = {
    Went.GOOD: (("成功", ""), ("交易成功", "无"), ("已付款", "-"), ("完成", "处理成功")),
    Went.FAILED: (
        ("失败", "账号不存在"), ("未成功", ""), ("不成功", ""), ("退回", "户名不符"),
        ("", "账号户名不符"), ("失败（账号不对）", "请待客户核实"),
    ),
    Went.UNCLEAR: (
        ("处理中", ""), ("待处理", ""), ("支付未完成", ""), ("没有完成", ""), ("部分成功", ""),
        ("交易成功，待回单", ""), ("成功", "已冲正"), ("成功", "账号错误"), ("失败", "处理成功"),
        ("异常", ""), ("失败，待重发", ""), ("", "账号错误"), ("其他", ""),
    ),
    Went.UNTOLD: (("", ""), ("", "无")),
}  # fmt: skip


def test_only_what_is_surely_paid_or_surely_not_is_called_so() -> None:
    found = {one: [pair for pair in pairs if went(*pair) is not one] for one, pairs in SAID.items()}

    assert found == {one: [] for one in Went}
