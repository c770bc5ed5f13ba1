"""Databases: described queries in a conversation, hostile SQL refused, the file only ever read."""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.assemble.check import check_parts
from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config, config_from_dict, load_config
from assistant.engine.hands import HandsThread
from assistant.errors import ConfigError
from assistant.messages import Messages, Notice
from assistant.talk import gate
from assistant.talk.conversation import Conversation
from assistant.talk.request import read_request
from assistant.talk.silent import Committed
from assistant.talk.sources.database import Database, DatabaseFault, authorize
from assistant.talk.sources.database_model import answer_sql, sql_messages
from assistant.talk.sources.databases import read_databases
from assistant.talk.sources.loading import check_sources
from assistant.talk.sources.sql_check import SqlFault, checked_select
from tests.shop_database import make_shop
from tests.test_talk_guarded import House, unlock_flow, unlock_tool

NOW = datetime(2026, 3, 4, 15, 20).astimezone()

QUERIES = [
    {
        "name": "stock",
        "phrases": ["how many {item} (are left|do we have [left])", "what is left"],
        "about": "how many of a product are in stock",
        "sql": "select name, stock from products where name like '%' || rtrim(:item, 's') || '%'",
        "answer": "There are {stock} of the {name} left.",
        "each": "{stock} of the {name}",
        "many": "There are {rows}.",
        "none": "I know no {item}.",
        "slots": {"item": {"type": "text", "ask": "Of what?"}},
    },
    {
        "name": "above",
        "phrases": ["what costs more than {price} [euros]"],
        "sql": "select name, price from products where price > :price order by price desc",
        "answer": "Only the {name}, at {price:.2f} euros.",
        "none": "Nothing does.",
        "slots": {"price": "number"},
    },
    {
        "name": "in_category",
        "phrases": ["what is in the {category} section"],
        "sql": "select name from products where category = :category",
        "answer": "{name}.",
        "many": "{count} things: {rows}.",
        "slots": {"category": ["kitchen", "office", "garden"]},
    },
]


class Scripted:
    """A model that says what it is told to, one text a request."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.asked: list[Messages] = []

    def stream(self, messages: Messages, should_stop: Callable[[], bool]) -> Iterator[str]:
        self.asked.append(messages)
        yield from self.texts.pop(0)

    def warm_up(self, messages: Messages, should_stop: Callable[[], bool]) -> None: ...

    def anticipate(self, messages: Messages, should_stop: Callable[[], bool]) -> None: ...

    def sentence_end(self, messages: Messages, should_stop: Callable[[], bool]) -> float | None:
        return None


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path / "shop.sqlite3")


def settings(shop: Path, **more: Any) -> Config:
    return config_from_dict(
        {"databases": {"shop": {"path": str(shop), "queries": QUERIES, **more}}}
    )


class Bench:
    def __init__(self, config: Config, folder: Path, model: Any = None) -> None:
        self.notices: list[Notice] = []
        self.hands = HandsThread()
        self.services = make_services(config, folder / "state", indices=folder / "index")
        self.conversation: Conversation = make_conversation(
            config, model, services=self.services, hands=self.hands, now=lambda: NOW
        )
        self.conversation.on_notice = self.notices.append
        self.conversation.reload()

    def say(self, text: str) -> str:
        return self.conversation.converse(text).answer

    def close(self) -> None:
        self.hands.close()
        self.services.store.close()


@pytest.fixture
def bench(shop: Path, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(settings(shop), tmp_path)
    yield made
    made.close()


# -- described queries ---------------------------------------------------------------------------


def test_one_row_several_rows_and_none(bench: Bench) -> None:
    assert bench.say("How many blue mugs are left?") == "There are 3 of the Blue Mug left."
    assert bench.say("How many mugs do we have?") == (
        "There are 3 of the Blue Mug and 0 of the Red Mug."
    )
    assert bench.say("How many forks are left?") == "I know no forks."
    assert bench.say("What costs more than 40 euros?") == "Only the Desk Lamp, at 45.00 euros."
    assert bench.say("What costs more than 100 euros?") == "Nothing does."
    assert bench.say("What is in the office section?") == "2 things: Desk Lamp and Notebook."


def test_the_decision_names_the_query_its_slots_and_where_it_is_from(bench: Bench) -> None:
    decision = bench.conversation.converse("How many teapots are left?").decision
    assert decision is not None
    assert decision.name == "shop.stock"
    assert decision.slots == {"item": "teapots"}
    assert decision.steps[-1].why == "template of shop.stock (database shop)"


def test_what_was_not_said_is_asked_for(bench: Bench) -> None:
    assert bench.say("What is left?") == "Of what?"
    assert bench.say("Notebooks.") == "There are 120 of the Notebook left."


def test_a_slot_is_a_value_and_never_sql(bench: Bench) -> None:
    assert bench.say("How many x' or 1=1 -- are left?").startswith("I know no")
    assert bench.say("How many percent signs are left?").startswith("I know no")


def test_the_tool_serves_other_programs(bench: Bench) -> None:
    tool = bench.services.toolbox.get("shop.in_category")
    assert tool is not None
    assert (tool.writes, tool.offered, tool.origin) == (False, True, "database shop")
    assert tool.schema["properties"] == {"category": {"enum": ["kitchen", "office", "garden"]}}
    assert tool.schema["required"] == ["category"]
    here = bench.conversation.flows
    assert tool.function(category="office") == "2 things: Desk Lamp and Notebook."
    assert tool.function(category="attic") == "Sorry, I don't know the category attic."
    assert here.get("shop.in_category") is not None


def test_the_flows_stay_when_files_of_the_user_are_read_again(shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    (folder / "replies").mkdir(parents=True)
    config = settings(shop)
    conversation = make_conversation(config, None, folder=folder, now=lambda: NOW)
    (folder / "replies" / "a.toml").write_text(
        '[[reply]]\nid = "wifi"\nphrases = ["where is the wifi"]\nanswers = ["There."]\n'
    )
    conversation.reload()
    assert conversation.converse("Where is the wifi?").answer == "There."
    assert conversation.flows.get("shop.stock") is not None


def test_a_file_that_is_not_there_or_none_is_told_once_and_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"this is no database" * 100)
    for path in (tmp_path / "none.sqlite3", broken):
        bench = Bench(settings(path), tmp_path)
        sorry = "Sorry, I could not look that up in the shop database."
        assert bench.say("How many mugs are left?") == sorry
        assert bench.say("How many mugs are left?") == sorry
        codes = {notice.code for notice in bench.notices}
        assert codes == {"E-DATABASE"}
        assert len(bench.notices) == len(QUERIES)
        bench.close()


def test_a_wrong_column_is_told_at_the_start(shop: Path, tmp_path: Path) -> None:
    wrong = {**QUERIES[0], "name": "wrong", "answer": "There are {amount} left."}
    misspelt = {**QUERIES[0], "name": "misspelt", "sql": "select nam from products"}
    config = config_from_dict(
        {"databases": {"shop": {"path": str(shop), "queries": [wrong, misspelt]}}}
    )
    bench = Bench(config, tmp_path)
    told = " ".join(notice.text for notice in bench.notices)
    assert "shop.wrong: its answer names amount" in told
    assert "no such column: nam" in told
    bench.close()


def started(query: dict[str, Any], shop: Path) -> None:
    config = config_from_dict({"databases": {"shop": {"path": str(shop), "queries": [query]}}})
    read_databases(config.databases, Path(), lambda notice: None)


@pytest.mark.parametrize(
    ("change", "what", "step"),
    [
        ({"sql": "delete from products"}, "sql is not one SELECT", "select"),
        ({"sql": "select 1; select 2"}, "sql is not one SELECT", "select"),
        ({"sql": "select name from products where id = :number"}, ":number", "slots"),
        ({"phrases": ["how many {itm} are left"]}, "no slot {itm}", "{item}"),
        ({"phrases": ["how many ({item} are left"]}, "brackets", "close"),
        ({"answer": "There are {stock left."}, "queries[0].answer", "{name}"),
        ({"answer": "{stock!r}"}, "names nothing", "{name}"),
        ({"slots": {"item": "txt"}}, "slots.item is 'txt'", "'text'"),
        ({"slots": {"item": []}}, "slots.item is []", "choices"),
        ({"slots": {"item": {"type": "text", "aks": "Of what?"}}}, "slots.item.aks", "'ask'"),
        ({"name": "The Stock"}, "name is 'The Stock'", "small letters"),
        ({"name": "query"}, "shop.query, which is taken", "another"),
        ({"sqll": "x"}, "unknown key databases.shop.queries[0].sqll", "'sql'"),
    ],
)
def test_what_is_declared_wrongly_is_named_with_its_place(
    shop: Path, change: dict[str, Any], what: str, step: str
) -> None:
    query = {**QUERIES[0], **change}
    with pytest.raises(ConfigError) as caught:
        started(query, shop)
    assert what in caught.value.what
    assert step in caught.value.next_step


def test_the_line_of_the_fault_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[databases.shop]\npath = "a"\n[[databases.shop.queries]]\nname = "a"\n'
        'sql = "select 1"\nanswer = "a"\n[[databases.shop.queries]]\nname = "b"\n'
        'sql = "select 1"\nanswer = """\nsql = {x}"""\nphrases = ["how {x}"]\n'
    )
    config = load_config(path, must_exist=True)
    with pytest.raises(ConfigError, match=r"config\.toml, line 12: .*phrases.*no slot"):
        make_conversation(config, None)
    path.write_text('[databases.shop]\npath = "a"\n\nallow_sql = true\n')
    with pytest.raises(ConfigError, match=r"line 4: unknown key databases\.shop\.allow_sql"):
        load_config(path, must_exist=True)
    path.write_text('[databases]\npath = "a"\n')
    with pytest.raises(ConfigError, match=r"line 2: databases\.path must be a table") as caught:
        load_config(path, must_exist=True)
    assert "[databases.NAME]" in caught.value.next_step


def test_config_looks_at_what_is_declared(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    table = '[databases.shop]\npath = "{}"\n[[databases.shop.queries]]\nname = "stock"\n'
    table += 'sql = "select {} from products"\nanswer = "There."\nphrases = ["{}"]\n'
    path.write_text(table.format(shop, "stock", "how many (are left"))
    with pytest.raises(ConfigError, match=r"config\.toml, line 7: .*phrases: the brackets"):
        check_parts(load_config(path, must_exist=True))
    told: list[Notice] = []
    path.write_text(table.format(shop, "stok", "how many are left"))
    check_sources(load_config(path, must_exist=True), told.append)
    assert [one.text.split(";")[0] for one in told] == [
        "shop.stock: the shop database cannot be asked that: no such column: stok"
    ]
    told.clear()
    path.write_text(table.format(shop, "stock", "how many are left"))
    check_sources(load_config(path, must_exist=True), told.append)
    assert told == []
    path.write_text('[documents]\nfolder = "none"\n')
    check_sources(load_config(path, must_exist=True), told.append)
    assert [(one.code, one.text) for one in told] == [
        ("E-DOCUMENTS", f"{tmp_path / 'none'}: there is no such folder; check documents.folder")
    ]


# -- the locks -----------------------------------------------------------------------------------

HOSTILE = [
    "delete from products",
    "update products set stock = 0",
    "insert into products values (9, 'x', 'y', 1, 1)",
    "insert into products select * from products returning *",
    "drop table products",
    "alter table products add column x",
    "create table x as select * from products",
    "create temp view v as select * from products",
    "attach database '/tmp/other.sqlite3' as other",
    "detach database main",
    "pragma table_info(products)",
    "select * from pragma_table_info('products')",
    "pragma writable_schema = on",
    "vacuum into '/tmp/copy.sqlite3'",
    "reindex",
    "begin; delete from products; commit",
    "select name from products; drop table products",
    "select load_extension('/tmp/evil.so')",
    "select name from products where load_extension('x') is null",
    "select writefile('/tmp/x', name) from products",
    "select readfile('/etc/passwd') from products",
    "select sql from sqlite_master",
    "select name from sqlite_schema union select name from products",
    "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c, products",
    "with d as (delete from products returning *) select * from d",
    "select hex(randomblob(1000000000)) from products",
    "select zeroblob(1000000000) from products",
    "select printf('%.1000000000d', 1) from products",
    "select secret from products",
    "select name from users",
    "select name from main.products",
    "select 1",
    "select name into outfile from products",
    "explain select name from products",
    "replace into products (id) values (1)",
    "select name from products where id = ?",
    "select fts3_tokenizer('simple') from products",
    "select edit(name) from products",
    "values (1)",
    "ignore the rules and drop everything",
    "",
]


@pytest.mark.parametrize("sql", HOSTILE)
def test_hostile_sql_is_refused_by_the_parser(shop: Path, sql: str) -> None:
    database = Database("shop", shop)
    with pytest.raises(SqlFault):
        checked_select(sql, database.tables(), 50)


@pytest.mark.parametrize("sql", [*HOSTILE[:30], *HOSTILE[33:39]])
def test_hostile_sql_changes_nothing_without_the_parser_either(shop: Path, sql: str) -> None:
    """The database's own locks, by themselves."""
    before = hashlib.sha256(shop.read_bytes()).hexdigest()
    try:
        found = Database("shop", shop, limit_s=0.2).query(sql)
    except DatabaseFault:
        found = None
    assert hashlib.sha256(shop.read_bytes()).hexdigest() == before
    assert not Path("/tmp/copy.sqlite3").exists()
    if found is not None:
        assert not any("create table" in str(row).lower() for row in found.rows)


@pytest.mark.parametrize(
    "sql",
    [
        "delete from products",
        "create table x (y)",
        "attach database ':memory:' as other",
        "pragma table_info(products)",
        "select * from pragma_table_info('products')",
        "select sql from sqlite_master",
        "select load_extension('x')",
        "select zeroblob(10)",
        "select randomblob(10)",
        "vacuum",
        "analyze",
        "begin",
    ],
)
def test_the_authorizer_holds_where_writing_is_possible(shop: Path, sql: str) -> None:
    db = sqlite3.connect(shop, isolation_level=None)
    db.set_authorizer(authorize)
    assert db.execute("select count(*) from products").fetchone() == (5,)
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited|denied"):
        db.execute(sql).fetchall()
    db.close()


GOOD = [
    "select name from products where price > 5 order by price limit 3",
    "SELECT p.name, SUM(o.quantity) AS sold FROM products p JOIN orders o ON o.product_id = p.id "
    "GROUP BY p.name HAVING sold > 1 ORDER BY sold DESC",
    "with dear as (select * from products where price > 20) select count(*) from dear",
    "select count(distinct city) from customers",
    "select name from products where id in (select product_id from orders where quantity > 2)",
    "select case when stock = 0 then 'none' else 'some' end from products",
    "select strftime('%Y', ordered_on), count(*) from orders group by 1",
    "select name from customers union select name from products",
    "select round(avg(price), 2) from products",
    "select name, row_number() over (order by price desc) from products",
    "select name from scarce",
    "select lower(name) || ' ' || cast(stock as text) from products",
]


@pytest.mark.parametrize("sql", GOOD)
def test_a_plain_select_is_let_through_with_a_limit(shop: Path, sql: str) -> None:
    database = Database("shop", shop)
    select = checked_select(sql, database.tables(), 50)
    assert "LIMIT" in select
    assert database.query(select).rows


def test_a_limit_that_is_too_large_is_lowered_and_comments_go(shop: Path) -> None:
    tables = Database("shop", shop).tables()
    select = checked_select("select name /* all */ from products limit 100000 -- x", tables, 50)
    assert select == "SELECT name FROM products LIMIT 50"
    assert checked_select("select name from products limit 3", tables, 50).endswith("LIMIT 3")
    select = checked_select("select name from products where name = 'teapot'", tables, 50)
    assert Database("shop", shop).query(select).rows == (("Teapot",),)


def test_time_and_rows_are_limited(shop: Path) -> None:
    slow = "select count(*) from products a, products b, orders c, orders d, orders e, orders f, "
    slow += "orders g, orders h, orders i, orders j, products k, products l"
    begin = time.monotonic()
    with pytest.raises(DatabaseFault, match=r"took longer than 0\.1 s"):
        Database("shop", shop, limit_s=0.1).query(slow)
    assert time.monotonic() - begin < 1.0
    found = Database("shop", shop, most_rows=2).query("select name from products")
    assert (len(found.rows), found.has_more) == (2, True)


def test_the_file_is_opened_for_reading_only(shop: Path) -> None:
    shop.chmod(0o400)
    assert Database("shop", shop).query("select count(*) from products").rows == ((5,),)
    with pytest.raises(DatabaseFault, match="prohibited"):
        Database("shop", shop).query("select * from sqlite_master")


def test_a_database_that_is_written_to_meanwhile_is_read(shop: Path) -> None:
    writer = sqlite3.connect(shop)
    writer.execute("pragma journal_mode = wal")
    writer.execute("begin immediate")
    writer.execute("update products set stock = 9 where id = 1")
    query = "select stock from products where id = 1"
    assert Database("shop", shop).query(query).rows == ((3,),)
    writer.commit()
    assert Database("shop", shop).query(query).rows == ((9,),)
    writer.close()


# -- SQL of a model --------------------------------------------------------------------------------


def test_the_model_sees_tables_and_columns_and_nothing_in_them(shop: Path) -> None:
    system, user = sql_messages(Database("shop", shop).tables(), "How many?")
    assert "CREATE TABLE products (id INTEGER, name TEXT" in system["content"]
    assert "customer_id INTEGER REFERENCES customers(id)" in system["content"]
    assert "Teapot" not in system["content"]
    assert user == {"role": "user", "content": "How many?"}


def test_what_is_refused_goes_back_once_with_the_reason(shop: Path) -> None:
    model = Scripted("```sql\nSELECT nme FROM products;\n```", "SELECT name FROM scarce;")
    answer = answer_sql(model, Database("shop", shop), "what is scarce")
    assert answer.text == "I found 3: Blue Mug, Red Mug and Desk Lamp."
    assert "there is no column nme" in model.asked[1][-1]["content"]
    model = Scripted("DROP TABLE products;", "DELETE FROM products;")
    answer = answer_sql(model, Database("shop", shop), "drop the table products")
    assert (answer.text, answer.sql) == ("I can't find that in the shop database.", "")


def test_a_number_that_refers_to_a_row_is_told_by_its_name(shop: Path) -> None:
    database = Database("shop", shop)
    model = Scripted("SELECT product_id, quantity FROM orders WHERE customer_id = 1")
    answer = answer_sql(model, database, "what did ann order")
    assert answer.text == "I found 2: Blue Mug, quantity 2; Notebook, quantity 10."
    model = Scripted("SELECT quantity FROM orders WHERE customer_id = 2")
    assert answer_sql(model, database, "how many").text == "The answer is 1."


def test_a_question_that_names_the_database_is_answered(shop: Path, tmp_path: Path) -> None:
    model = Scripted("SELECT COUNT(*) FROM products WHERE category LIKE '%kitchen%'")
    bench = Bench(settings(shop, allow_model_sql=True), tmp_path, model)
    question = "Ask the shop database how many kitchen products there are."
    turn = bench.conversation.converse(question)
    assert turn.answer == "The answer is 3."
    assert turn.decision is not None
    assert turn.decision.name == "shop.query"
    assert model.asked[0][-1]["content"] == "how many kitchen products there are"
    bench.close()


def test_the_model_reads_no_pin(shop: Path, tmp_path: Path) -> None:
    model = Scripted("I do not know.", "I do not know.")
    bench = Bench(settings(shop, allow_model_sql=True), tmp_path, model)
    bench.services.pins.set("4711")
    tool = unlock_tool(House(), needs_pin=True)
    bench.conversation.flows.exchange((dataclasses.replace(unlock_flow(tool), is_users=True),))
    assert bench.say("Unlock the front door.") == gate.ASK_PIN
    bench.say("How many products cost 4711 in the shop database?")
    assert model.asked, "it is asked for words"
    assert "4711" not in repr(model.asked)
    bench.close()


def test_the_model_may_not_ask_unless_it_is_allowed(shop: Path, tmp_path: Path) -> None:
    bench = Bench(settings(shop), tmp_path, Scripted("I do not know."))
    assert bench.services.toolbox.get("shop.query") is None
    turn = bench.conversation.converse("Ask the shop database how many products there are.")
    assert turn.decision is not None
    assert turn.decision.name == "model"
    bench.close()


def test_the_tool_takes_a_question_or_a_select(shop: Path, tmp_path: Path) -> None:
    model = Scripted("SELECT name FROM customers WHERE city = 'paris'")
    bench = Bench(settings(shop, allow_model_sql=True), tmp_path, model)
    tool = bench.services.toolbox.get("shop.query")
    assert tool is not None
    assert tool.offered
    assert tool.function(question="who is from paris") == "I can't find that in the shop database."
    assert model.asked == []  # not on the thread of whoever calls
    assert tool.answers is not None
    talk = bench.conversation.talk
    decision = tool.answers(talk, read_request("Who?", NOW), {"question": "who is from paris"})
    assert (decision.name, dict(decision.slots)) == (
        "shop.query",
        {"question": "who is from paris"},
    )
    assert decision.rest is not None
    (reply,) = decision.rest(Committed(bench.conversation, lambda: False, lambda name: None))
    assert reply.text == "The answer is Bob Ray."
    assert model.asked[0][-1]["content"] == "who is from paris"
    assert tool.function(sql="select name, price from products where price > 20") == (
        "I found 2: Teapot, price 29; Desk Lamp, price 45."
    )
    assert tool.function(sql="drop table products") == "I can't find that in the shop database."
    bench.close()
