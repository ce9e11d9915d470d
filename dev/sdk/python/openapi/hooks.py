"""What the document cannot say about requests, told to schemathesis before each is sent."""

import itertools

import schemathesis
from schemathesis.core import NotSet

_numbers = itertools.count(1)


def _without_point(value):
    """JSON Schema takes `2.0` for an integer; the API does not, and says so."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_without_point(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_point(item) for name, item in value.items()}
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    """Only requests that are meant to fit the document are changed: the others stay as wrong as they are meant to be."""
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    # Only the server gives out cursors; one that is made up is refused as it should be.
    if case.query:
        case.query.pop("cursor", None)
    # A key that was used before gives the answer of then, or is refused.
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"key-{next(_numbers)}"
    if isinstance(case.body, NotSet):
        return
    case.body = _without_point(case.body)
    # Each is within the range of one amount; what they sum up to may lie beyond it.
    if case.operation.path == "/v1/accounts/{uin}/top-ups" and isinstance(case.body, dict):
        amount = case.body.get("amount")
        if isinstance(amount, str) and len(amount.split(".")[0]) > 9:
            case.body["amount"] = "900000000.00"
    # Everything that falls due on the way is done: a clock that goes thousands of years ahead is no test of a document.
    if case.operation.path == "/v1/clock/advance" and isinstance(case.body, dict):
        case.body = {"by": "1h"} if "by" in case.body else {"to": "2000-01-01T00:00:00Z"}
