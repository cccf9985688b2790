"""The two dialects of the interface tls-certificates, and whatever else somebody may write."""

import importlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

databag = importlib.import_module("interfaces.tls-certificates.databag")

REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\nBBBB\n-----END CERTIFICATE REQUEST-----\n"
ENTRY = {"certificate_signing_request": REQUEST, "certificate": "C", "ca": "A", "chain": ["C", "A"]}


def said(*entries):
    return {"certificates": json.dumps(entries)}


def test_both_dialects_are_spoken_at_once():
    unit, application = databag.encode(
        unit="am/11", request=REQUEST, common_name="am.lma.svc", names=("am.lma.svc", "10.0.0.1")
    )
    assert set(unit) == set(databag.UNIT_KEYS)
    assert unit["unit_name"] == "am_11"
    assert unit["sans"] == '["am.lma.svc", "10.0.0.1"]'
    assert json.loads(application["certificate_signing_requests"]) == [
        {"certificate_signing_request": REQUEST.strip(), "ca": False}
    ]
    assert databag.encode(unit="am/11") == ({}, {})


def test_an_answer_is_found_by_its_request():
    other = {**ENTRY, "certificate_signing_request": REQUEST.replace("A", "C")}
    assert databag.answered(said(other, ENTRY), REQUEST) == databag.Issued("C", "A", ("C", "A"))
    folded = {**ENTRY, "certificate_signing_request": REQUEST.replace("AAAA\n", "AAAA").strip()}
    assert databag.answered(said(folded), REQUEST)
    for bag in ({}, said(), said(other), {"certificates": ""}):
        assert databag.answered(bag, REQUEST) is None
    assert databag.answered(said(ENTRY), "") is None
    without_chain = {key: ENTRY[key] for key in ENTRY if key not in ("chain", "ca")}
    assert databag.answered(said(without_chain), REQUEST) == databag.Issued("C", "")


def test_the_last_that_is_not_revoked_counts():
    revoked = {**ENTRY, "certificate": "old", "revoked": True}
    assert databag.answered(said(revoked), REQUEST) is None
    for entries in ([revoked, ENTRY], [ENTRY, revoked], [{**ENTRY, "certificate": "x"}, ENTRY]):
        assert databag.answered(said(*entries), REQUEST).certificate == "C"


def refused(error, csr=REQUEST, **bag):
    return {"request_errors": json.dumps([{"csr": csr, "error": error}]), **bag}


def test_a_refusal_is_found_by_its_request_and_told_in_one_line():
    error = {"code": 103, "name": "WILDCARD_NOT_ALLOWED", "message": "no\nwildcards", "reason": "r"}
    with pytest.raises(databag.Refusal, match=r"^the request is refused: no wildcards: r$"):
        databag.answered(refused(error), REQUEST)
    with pytest.raises(databag.Refusal, match=r"^the request is refused: no reason is given$"):
        databag.answered(refused({}), REQUEST)
    assert databag.answered(refused(error, **said(ENTRY)), REQUEST)
    other = "-----BEGIN CERTIFICATE REQUEST-----\nCCCC\n-----END CERTIFICATE REQUEST-----\n"
    assert databag.answered(refused(error, csr=other), REQUEST) is None
    for rubbish in ("}{", "5", "[5]", '[{"csr": 5}]'):
        assert databag.answered({"request_errors": rubbish}, REQUEST) is None


def test_a_unit_is_answered_by_its_name():
    bag = {
        "am_1.server.cert": "C",
        "am_1.server.key": "K",
        "ca": "A",
        "chain": "I",
        "client.key": "x",
    }
    assert databag.handed_out(bag, "am/1") == databag.Issued("C", "A", ("I",), "K")
    assert databag.handed_out(bag, "am/11") is None
    assert "K" not in repr(databag.handed_out(bag, "am/1"))
    for key in ("am_1.server.cert", "am_1.server.key"):
        with pytest.raises(databag.DecodeError):
            databag.handed_out({**bag, key: ""}, "am/1")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def outcome(text):
    """Return the answer that is found in a text, or the line that says what is wrong with it."""
    try:
        return databag.answered({"certificates": text}, REQUEST)
    except databag.DecodeError as error:
        return str(error)


@given(st.one_of(st.text(), ANYTHING.map(json.dumps), st.just("[" * 100_000)))
def test_rubbish_is_one_line_or_nothing(text):
    assert outcome(text) in (
        None,
        "certificates is not JSON",
        "certificates is not a list of mappings",
    )


@given(st.dictionaries(st.sampled_from(sorted(ENTRY)), ANYTHING))
def test_rubbish_in_an_entry_is_one_line_or_an_answer(rubbish):
    entry = {**ENTRY, **rubbish, "certificate_signing_request": REQUEST}
    found = outcome(json.dumps([entry]))
    if isinstance(found, str):
        assert found == "certificates has an entry whose certificate, ca or chain is not text"
    else:
        assert all(isinstance(text, str) for text in (found.certificate, found.ca, *found.chain))
