"""Which object types a file of associations is between, and what the stream of answers to surveys asks for."""

import json
from pathlib import Path

from orchestration.hubspot.streams import STREAMS
from sandbox.hubspot_api.associations import Associations, BatchInput, BatchRequest
from sandbox.hubspot_api.objects import OBJECT_TYPES


def test_a_type_may_have_an_underscore_in_its_name(tmp_path: Path) -> None:
    link = {"from": "91", "to": "1", "types": []}
    (tmp_path / "associations_feedback_submissions_contacts.ndjson").write_text(json.dumps(link) + "\n")
    (stream,) = [each for each in STREAMS if each.name == "associations_feedback_submissions_contacts"]
    kinds = OBJECT_TYPES[stream.object_type], OBJECT_TYPES[stream.to_type]
    results, errors = Associations(tmp_path).batch(*kinds, BatchRequest([BatchInput("91")]))
    assert not errors
    assert [target["toObjectId"] for result in results for target in result["to"]] == [1]
