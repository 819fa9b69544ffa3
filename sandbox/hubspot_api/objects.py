"""The CRM object types served: their names, the properties that always come, and what each property holds."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ObjectType:
    """A CRM object type; `plural` is both the path's end and the file's stem."""

    plural: str
    singular: str
    type_id: str
    # Returned when a request names no properties.
    default_properties: tuple[str, ...]
    modified_property: str = "hs_lastmodifieddate"
    created_property: str = "createdate"

    @property
    def always(self) -> tuple[str, ...]:
        """Returned whatever a request names."""
        return (self.created_property, "hs_object_id", self.modified_property)


_ACTIVITY_PROPERTIES = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")


def _activity(plural: str, singular: str, type_id: str) -> ObjectType:
    return ObjectType(plural, singular, type_id, _ACTIVITY_PROPERTIES, created_property="hs_createdate")


OBJECT_TYPES: Mapping[str, ObjectType] = {
    kind.plural: kind
    for kind in (
        ObjectType(
            "contacts",
            "contact",
            "0-1",
            ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
            "lastmodifieddate",
        ),
        ObjectType(
            "companies",
            "company",
            "0-2",
            ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
        ),
        ObjectType(
            "deals",
            "deal",
            "0-3",
            (
                "amount",
                "closedate",
                "createdate",
                "dealname",
                "dealstage",
                "hs_lastmodifieddate",
                "hs_object_id",
                "pipeline",
            ),
        ),
        ObjectType(
            "line_items",
            "line_item",
            "0-8",
            ("amount", "createdate", "hs_lastmodifieddate", "hs_object_id", "hs_product_id", "quantity"),
        ),
        _activity("leads", "lead", "0-136"),
        _activity("meetings", "meeting_event", "0-47"),
        _activity("calls", "call", "0-48"),
        _activity("emails", "email", "0-49"),
        _activity("tasks", "task", "0-27"),
        _activity("feedback_submissions", "feedback_submission", "0-19"),
    )
}

_BY_NAME = {name: kind for kind in OBJECT_TYPES.values() for name in (kind.plural, kind.singular, kind.type_id)}

_DATETIME_NAMES = frozenset(
    {
        "createdate", "lastmodifieddate", "hs_lastmodifieddate", "closedate", "hs_createdate", "hs_timestamp",
        "notes_last_updated", "notes_last_contacted", "notes_next_activity_date", "hs_meeting_start_time",
        "hs_meeting_end_time", "hs_submission_timestamp", "hs_task_completion_date",
    }
)  # fmt: skip
_DATETIME_PREFIXES = ("hs_v2_date_entered_", "hs_v2_date_exited_", "hs_date_entered_", "hs_date_exited_")
_NUMBER_NAMES = frozenset(
    {
        "amount",
        "amount_in_home_currency",
        "num_notes",
        "hs_object_id",
        "hs_deal_stage_probability",
        "associatedcompanyid",
    }
)
_BOOLEAN_NAMES = frozenset({"hs_is_closed", "hs_is_closed_won", "hs_is_closed_lost"})
_ENUMERATION_NAMES = frozenset(
    {"lifecyclestage", "dealstage", "pipeline", "hubspot_owner_id", "hs_analytics_source", "deal_currency_code"}
)


def object_type(name: str) -> ObjectType | None:
    """The type by its plural, its singular or its numeric name, as the API takes all three."""
    return _BY_NAME.get(name.lower())


def property_type(name: str) -> str:
    """What a property holds: string, number, datetime, bool or enumeration."""
    if name in _DATETIME_NAMES or name.startswith(_DATETIME_PREFIXES):
        return "datetime"
    if name in _NUMBER_NAMES:
        return "number"
    if name in _BOOLEAN_NAMES:
        return "bool"
    return "enumeration" if name in _ENUMERATION_NAMES else "string"
