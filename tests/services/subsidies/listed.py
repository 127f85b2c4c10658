"""One entitlement of C0001 in a batch that is not released, for pages that need their ids."""

from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyCycle, SubsidyEntitlement
from server.models.subsidy_payment import (
    PaymentState,
    SubsidyAccount,
    SubsidyBatch,
    SubsidyPayment,
)
from server.policy.plan.subsidies import PayeeKind, SchemeKind
from tests.factories import NOW


def listed(
    session: Session, station: Station, *, programme_id: int, by: Person
) -> tuple[SubsidyEntitlement, SubsidyPayment]:
    """The rows as the services leave them."""
    key, county = f"station:{station.id}", station.county
    cycle = SubsidyCycle(
        county=county, programme_id=programme_id, scheme="outbound", period="2023-05",
        opened_by=by.id, opened_at=NOW,
    )  # fmt: skip
    account = SubsidyAccount(
        county=county, payee_kind=PayeeKind.STATION, payee_key=key, holder="村委会", bank="农商行",
        number_sealed="x", last4="8901", entered_by=by.id, entered_at=NOW,
    )  # fmt: skip
    batch = SubsidyBatch(
        county=county, programme_id=programme_id, number=1, made_by=by.id, made_at=NOW
    )
    session.add_all([cycle, account, batch])
    session.flush()
    row = SubsidyEntitlement(
        county=county, programme_id=programme_id, cycle_id=cycle.id, scheme="outbound",
        kind=SchemeKind.OUTBOUND, station_id=station.id, payee_kind=PayeeKind.STATION,
        payee_key=key, payee_name=station.name, once_key=f"outbound:{station.id}:2023-05",
        amount_fen=300, contents={}, contents_sha256="0" * 64,
        sentence="3元：电商平台卖到县外的农副产品3单。", state=EntitlementState.PROPOSED,
        proposed_by=by.id, proposed_at=NOW,
    )  # fmt: skip
    line = SubsidyPayment(
        county=county, batch_id=batch.id, line=1, payee_key=key, payee_name=station.name,
        account_id=account.id, holder="村委会", bank="农商行", number_sealed="x", last4="8901",
        amount_fen=300, state=PaymentState.LISTED,
    )  # fmt: skip
    session.add_all([row, line])
    session.flush()
    return row, line
