"""Customers and payment methods, as Stripe's own client sees them."""

import pytest
import stripe


def test_a_customer_is_created_changed_and_found_again(client):
    made = client.v1.customers.create(
        {
            "email": "zoé@exemple.fr",
            "name": "Zoé L’Hôte",
            "preferred_locales": ["fr", "en"],
            "address": {"city": "Poitiers", "country": "FR"},
            "metadata": {"Région": "Nouvelle-Aquitaine [75] é&=+%", "compte": "1"},
        }
    )

    changed = client.v1.customers.update(
        made.id, {"name": "", "description": "d", "metadata": {"compte": "", "neuf": "oui"}}
    )

    assert made.id.startswith("cus_")
    assert made.preferred_locales == ["fr", "en"]
    assert made.address.city == "Poitiers"
    assert made.address.line1 is None
    assert made.metadata.to_dict() == {"Région": "Nouvelle-Aquitaine [75] é&=+%", "compte": "1"}
    assert changed.name is None
    assert changed.email == "zoé@exemple.fr"
    assert changed.metadata.to_dict() == {"Région": "Nouvelle-Aquitaine [75] é&=+%", "neuf": "oui"}
    assert client.v1.customers.retrieve(made.id).description == "d"
    assert client.v1.customers.list({"email": "zoé@exemple.fr"}).data[0].id == made.id
    assert client.v1.customers.list({"email": "personne@exemple.fr"}).data == []


def test_an_update_tells_what_was_there_before(client):
    made = client.v1.customers.create({"name": "Avant"})

    client.v1.customers.update(made.id, {"name": "Après"})

    (event,) = client.v1.events.list({"type": "customer.updated"}).data
    assert event.data.previous_attributes.to_dict() == {"name": "Avant"}
    assert event.data.object["name"] == "Après"


def test_metadata_can_be_emptied_and_is_limited(client):
    made = client.v1.customers.create({"metadata": {"a": "1"}})

    assert client.v1.customers.update(made.id, {"metadata": ""}).metadata.to_dict() == {}
    for metadata in ({f"k{n}": "v" for n in range(51)}, {"k" * 41: "v"}, {"k": "v" * 501}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.update(made.id, {"metadata": metadata})
    assert client.v1.customers.retrieve(made.id).metadata.to_dict() == {}


def test_pages_are_newest_first_and_go_through_everything_once(client):
    made = [client.v1.customers.create({"name": str(number)}).id for number in range(25)]

    first = client.v1.customers.list({"limit": 3})

    assert [one.id for one in first.data] == made[:-4:-1]
    assert first.has_more
    assert [one.id for one in client.v1.customers.list({"limit": 10}).auto_paging_iter()] == made[::-1]
    before = client.v1.customers.list({"ending_before": made[20], "limit": 2})
    assert [one.id for one in before.data] == [made[22], made[21]]
    assert len(client.v1.customers.list({"limit": 0}).data) == 1
    assert len(client.v1.customers.list({"limit": 1000}).data) == 25
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_x'") as refused:
        client.v1.customers.list({"starting_after": "cus_x"})
    assert (refused.value.http_status, refused.value.param) == (400, "starting_after")


def test_lists_can_be_cut_by_date(sandbox, client):
    old = client.v1.customers.create()
    sandbox.advance(1_000)
    new = client.v1.customers.create()

    since = client.v1.customers.list({"created": {"gte": new.created}})

    assert [one.id for one in since.data] == [new.id]
    assert [one.id for one in client.v1.customers.list({"created": {"lt": new.created}}).data] == [old.id]
    assert [one.id for one in client.v1.customers.list({"created": old.created}).data] == [old.id]


def test_a_deleted_customer_answers_that_and_is_of_no_more_use(client, path):
    customer = path.customer()
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})

    assert client.v1.customers.delete(customer.id).deleted

    assert client.v1.customers.retrieve(customer.id).deleted
    assert client.v1.customers.list().data == []
    assert client.v1.payment_methods.retrieve(method.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        path.charge(customer.id, "pm_card_visa")


def test_a_test_card_is_attached_listed_and_detached_for_ever(client, path):
    customer = path.customer()

    method = client.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})

    assert (method.card.brand, method.card.last4, method.customer) == ("mastercard", "4444", customer.id)
    listed = client.v1.payment_methods.list({"customer": customer.id, "type": "card"})
    assert [one.id for one in listed.data] == [method.id]
    assert [one.id for one in client.v1.customers.payment_methods.list(customer.id).data] == [method.id]
    assert client.v1.payment_methods.list({"customer": customer.id, "type": "sepa_debit"}).data == []
    assert client.v1.payment_methods.list().data == []
    assert client.v1.payment_methods.detach(method.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="It may not be used again"):
        client.v1.payment_methods.attach(method.id, {"customer": customer.id})
    with pytest.raises(stripe.InvalidRequestError, match="detachment is impossible"):
        client.v1.payment_methods.detach(method.id)
    assert path.event_types() == ["customer.created", "payment_method.attached", "payment_method.detached"]


def test_a_card_belongs_to_one_customer(client, path):
    first, second = path.customer(), path.customer()
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": first.id})

    assert client.v1.payment_methods.attach(method.id, {"customer": first.id}).customer == first.id
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        client.v1.payment_methods.attach(method.id, {"customer": second.id})


def test_a_card_that_declines_is_not_attached(client, path):
    customer = path.customer()

    with pytest.raises(stripe.CardError) as refused:
        client.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer.id})
    with pytest.raises(stripe.CardError):
        client.v1.customers.create({"payment_method": "pm_card_visa_chargeDeclined"})

    assert (refused.value.code, refused.value.error.decline_code) == ("card_declined", "generic_decline")
    assert client.v1.payment_methods.list({"customer": customer.id}).data == []
    assert path.event_types() == ["customer.created"]


def test_a_first_card_comes_with_the_customer(client):
    customer = client.v1.customers.create({"payment_method": "pm_card_visa"})
    (method,) = client.v1.payment_methods.list({"customer": customer.id}).data

    changed = client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})

    assert changed.invoice_settings.default_payment_method == method.id
    expanded = client.v1.customers.retrieve(customer.id, {"expand": ["invoice_settings.default_payment_method"]})
    assert expanded.invoice_settings.default_payment_method.card.last4 == "4242"


def test_a_token_makes_a_card_and_a_number_is_refused(client, path):
    method = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}, "metadata": {"a": "b"}})
    client.v1.payment_methods.attach(method.id, {"customer": path.customer().id})

    changed = client.v1.payment_methods.update(method.id, {"billing_details": {"name": "Alice"}})

    assert changed.billing_details.name == "Alice"
    assert changed.metadata.to_dict() == {"a": "b"}
    card = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2040}
    with pytest.raises(stripe.StripeError, match="generally unsafe"):
        client.v1.payment_methods.create({"type": "card", "card": card})
    with pytest.raises(stripe.InvalidRequestError, match="No such token"):
        client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_unknown"}})
    with pytest.raises(stripe.InvalidRequestError, match="does not support"):
        client.v1.payment_methods.create({"type": "ideal", "ideal": {"bank": "ing"}})


def test_no_number_and_no_code_is_ever_stored(sandbox, client, path):
    path.saved(path.customer().id, "4000 0025 0000 3155")

    stored = [str(row) for table in ("object", "idempotency", "delivery", "setting") for row in _rows(sandbox, table)]

    assert len(stored) > 10
    assert not [row for row in stored if "4000002500003155" in row.replace(" ", "") or '"cvc":' in row]


def _rows(sandbox, table):
    return sandbox.account.store.rows(f"SELECT * FROM {table}")
