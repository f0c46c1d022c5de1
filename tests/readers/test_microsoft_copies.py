"""Sentinel's and Defender's rows; that each gives the same event is in test_shapes."""

from typing import Any

import pytest

from keywitness.readers.microsoft_copies import entra, hunting_sign_in, office
from tests.readers.copies import audit_row, sign_in_row
from tests.readers.records import entra_audit, entra_sign_in


@pytest.mark.parametrize(
    ("fields", "category"),
    [
        ({"Type": "AADManagedIdentitySignInLogs"}, "ManagedIdentitySignInLogs"),
        ({"Type": None, "IsInteractive": "False"}, "NonInteractiveUserSignInLogs"),
        ({"Type": None, "UserId": "", "ServicePrincipalId": "sp"}, "ServicePrincipalSignInLogs"),
        ({"Type": None}, "SignInLogs"),
        ({"Type": "SigninLogs"}, "SigninLogs"),
        ({"RiskEventType": "x", "Type": "AADServicePrincipalRiskEvents"}, "ServicePrincipalRiskEvents"),
        ({"RiskEventType": "x", "Type": None}, "UserRiskEvents"),
        ({"RiskLastUpdatedDateTime": "x", "Type": "AADRiskyUsers"}, "RiskyUsers"),
        ({"TargetResources": "[]"}, "AuditLogs"),
    ],
)
def test_the_log_is_told_by_the_table_or_its_columns(fields: dict[str, Any], category: str) -> None:
    (record,) = entra(sign_in_row(entra_sign_in()) | fields) or []
    assert record["category"] == category


def test_the_workspace_is_no_tenant() -> None:
    (record,) = entra(audit_row(entra_audit()) | {"AADTenantId": "t-1"}) or []
    assert record["tenantId"] == "t-1"
    assert "tenantId" not in record["properties"]
    assert "tenantId" not in (entra(audit_row(entra_audit())) or [{}])[0]


@pytest.mark.parametrize("strange", [{}, {"TimeGenerated": "x"}, {"TimeGenerated": "x", "ResultType": 0}])
def test_strangers_are_left(strange: dict[str, Any]) -> None:
    assert entra(strange) is None
    assert office(strange) is None
    assert hunting_sign_in(strange) is None
