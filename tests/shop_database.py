"""A small shop in an SQLite file, for the tests of databases."""

from __future__ import annotations

import sqlite3
from pathlib import Path

TABLES = """
create table products (
    id integer primary key, name text, category text, price real, stock integer);
create table customers (id integer primary key, name text, city text);
create table orders (
    id integer primary key, customer_id integer references customers,
    product_id integer references products, quantity integer, ordered_on text);
create view scarce as select name, stock from products where stock < 5;
insert into products values
    (1, 'Blue Mug', 'kitchen', 5.5, 3), (2, 'Red Mug', 'kitchen', 6, 0),
    (3, 'Teapot', 'kitchen', 29, 7), (4, 'Desk Lamp', 'office', 45, 2),
    (5, 'Notebook', 'office', 3.2, 120);
insert into customers values (1, 'Ann Lee', 'Berlin'), (2, 'Bob Ray', 'Paris'),
    (3, 'Cem Kaya', 'Berlin');
insert into orders values
    (1, 1, 1, 2, '2026-02-01'), (2, 2, 3, 1, '2026-03-01'), (3, 1, 5, 10, '2026-03-02'),
    (4, 3, 4, 1, '2026-03-03'), (5, 3, 5, 5, '2026-03-03');
"""


def make_shop(path: Path) -> Path:
    """The file, made anew."""
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript(TABLES)
    db.commit()
    db.close()
    return path
