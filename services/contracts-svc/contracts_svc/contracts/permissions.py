"""The permissions of contracts, by the names of the role table (domain/roles.md 1.2, 1.3 and 3)."""

VIEW = "contract.view"
VIEW_SIGNED = "contract.signed.view"
VIEW_SUMMARY = "contract.maintenance_summary.view"
VIEW_ACTIVITY = "activity.view"

STAFF_VIEW = "staff.contract.view"
PREPARE = "staff.contract.edit"
DECIDE = "staff.contract.decide"
