"""The official Python SDK, set up for each way in which it can sign and send, and what its answers come down to.

The SDK itself is used as it is installed; only its public settings are chosen here.
"""

import enum
import json
import sys
from decimal import Decimal

import pytest
from tencentcloud.billing.v20180709 import billing_client
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.intlpartnersmgt.v20220928 import intlpartnersmgt_client
from tencentcloud.organization.v20181225 import organization_client as old_organization_client
from tencentcloud.organization.v20210331 import organization_client

REGION = "ap-singapore"
SERVICE = "intlpartnersmgt"
VERSION = "2022-09-28"
BAD_VALUE = "InvalidParameterValue"
BAD_TYPE = "InvalidParameter"
NO_AUTH = "UnauthorizedOperation.UinNoAuth"
NOT_CUSTOMER = "UnauthorizedOperation.NotCustomerUin"
LIMIT = "RequestLimitExceeded"


class Dialect(enum.Enum):
    """How a request is signed and sent: signature method, HTTP method, whether the signature leaves the body out."""

    TC3_POST = ("TC3-HMAC-SHA256", "POST", False)
    TC3_GET = ("TC3-HMAC-SHA256", "GET", False)
    UNSIGNED_POST = ("TC3-HMAC-SHA256", "POST", True)
    UNSIGNED_GET = ("TC3-HMAC-SHA256", "GET", True)
    SHA1_POST = ("HmacSHA1", "POST", False)
    SHA1_GET = ("HmacSHA1", "GET", False)
    SHA256_POST = ("HmacSHA256", "POST", False)
    SHA256_GET = ("HmacSHA256", "GET", False)

    def profile(self, server):
        """The SDK's settings for this dialect."""
        method, http_method, unsigned = self.value
        http = HttpProfile(protocol="http", endpoint=server.host, reqMethod=http_method, reqTimeout=60)
        profile = ClientProfile(signMethod=method, httpProfile=http)
        profile.unsignedPayload = unsigned
        return profile


every_dialect = pytest.mark.parametrize("dialect", list(Dialect), ids=lambda dialect: dialect.name.lower())


def client(server, secret, dialect=Dialect.TC3_POST):
    """The official client of Partner Center."""
    signer = credential.Credential(*secret)
    return intlpartnersmgt_client.IntlpartnersmgtClient(signer, REGION, dialect.profile(server))


def organization(server, secret, dialect=Dialect.TC3_POST):
    """The official client of organizations, version 2021-03-31."""
    return organization_client.OrganizationClient(credential.Credential(*secret), REGION, dialect.profile(server))


def old_organization(server, secret, dialect=Dialect.TC3_POST):
    """The official client of organizations, version 2018-12-25."""
    signer = credential.Credential(*secret)
    return old_organization_client.OrganizationClient(signer, REGION, dialect.profile(server))


def billing(server, secret, dialect=Dialect.TC3_POST):
    """The official client of one's own bills, money and orders."""
    return billing_client.BillingClient(credential.Credential(*secret), REGION, dialect.profile(server))


def any_client(server, secret, service=SERVICE, version=VERSION, dialect=Dialect.TC3_POST):
    """The official client that calls whatever it is told to."""
    return CommonClient(service, version, credential.Credential(*secret), REGION, dialect.profile(server))


def call(caller, action, **parameters):
    """An action through its own method of the SDK: the typed answer."""
    # The SDK has a module of requests beside each client.
    models = sys.modules[type(caller).__module__].models
    request = getattr(models, f"{action}Request")()
    unknown = [name for name in parameters if not hasattr(request, name)]
    assert not unknown, f"the SDK has no {unknown} in {action}"
    for name, value in parameters.items():
        setattr(request, name, value)
    return getattr(caller, action)(request)


def exact(caller, action, **parameters):
    """An action's answer with its figures as they were sent, before they become binary numbers."""
    return json.loads(caller.call(action, parameters), parse_float=Decimal)["Response"]


def figures(answer):
    """The fields of a typed answer or of a part of it, without the request id."""
    shown = json.loads(answer.to_json_string())
    shown.pop("RequestId", None)
    return shown


def refused(caller, action, **parameters):
    """The code with which an action is refused; it must be refused, with a request id and a text."""
    return code_of(lambda: call(caller, action, **parameters))


def code_of(attempt):
    """The code of the error that an attempt ends in."""
    with pytest.raises(TencentCloudSDKException) as caught:
        attempt()
    error = caught.value
    assert len(error.get_request_id() or "") == 36, f"no request id: {error}"
    assert error.get_message(), f"no message: {error}"
    return error.get_code()
