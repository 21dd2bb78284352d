"""Calls everything that pypuppetdb offers, and prints what its objects hold as JSON.

Arguments: port, then for TLS the authority's certificate, the client's certificate and its key.
"""

import datetime
import json
import re
import sys

import pypuppetdb
from pypuppetdb.api import BaseAPI
from pypuppetdb.QueryBuilder import (
    AndOperator,
    EqualsOperator,
    ExtractOperator,
    FromOperator,
    FunctionOperator,
    GreaterOperator,
    InOperator,
    NotOperator,
    NullOperator,
    OrOperator,
    RegexArrayOperator,
    RegexOperator,
    SubqueryOperator,
)

THIS_YEAR = str(datetime.date.today().year)

port = int(sys.argv[1])
if len(sys.argv) > 2:
    authority, certificate, key = sys.argv[2:5]
    db = pypuppetdb.connect(
        host="localhost", port=port, ssl_verify=authority, ssl_cert=certificate, ssl_key=key
    )
else:
    db = pypuppetdb.connect(host="127.0.0.1", port=port)


def plain(value, name=""):
    """What an object of the library holds, without what is not the same twice and what PuppetDB keeps in no order."""
    if isinstance(value, dict):
        return {str(key): plain(item, key) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [plain(item) for item in value]
        return rows(items) if name in ("tags", "data") else items
    if hasattr(value, "__dict__"):
        members = {key: item for key, item in vars(value).items() if not isinstance(item, BaseAPI)}
        # How long ago a report was depends on now; resources and edges lead to each other.
        for key in ("unreported_time", "relationships"):
            members.pop(key, None)
        return {key: plain(item, key) for key, item in members.items()}
    if name.endswith("corrective_change"):
        return None  # which only the commercial edition stores
    if isinstance(value, (int, float, bool)) or value is None:
        return value
    text = str(value)
    return "(now)" if re.match(r"\d{4}-\d\d-\d\d[ T]", text) and text[:4] >= THIS_YEAR else text


def rows(values):
    """Without an order of their own."""
    return sorted((plain(value) for value in values), key=lambda row: json.dumps(row, sort_keys=True))


def outcome(call):
    """The rows, or the error that a client sees."""
    try:
        result = call()
        return rows(result) if not isinstance(result, (dict, str)) else plain(result)
    except Exception as error:  # whatever the library raises is the outcome
        status = getattr(getattr(error, "response", None), "status_code", None)
        return [type(error).__name__, status]


def first(values):
    return next(iter(values))


web1 = db.node("web1")
report = first(db.reports(query=EqualsOperator("certname", "web1"), limit=1))

count = ExtractOperator()
count.add_field("certname")
count.add_field(FunctionOperator("count"))
count.add_query(EqualsOperator("type", "File"))
count.add_group_by("certname")

in_nodes = InOperator("certname")
in_nodes.add_array(["web1", "web2"])

select = SubqueryOperator("resources")
select.add_query(EqualsOperator("exported", True))
extracted = ExtractOperator()
extracted.add_field("certname")
extracted.add_query(select)
in_exported = InOperator("certname")
in_exported.add_query(extracted)

either = OrOperator()
either.add(EqualsOperator("certname", "web1"))
either.add(RegexOperator("certname", "^b"))
both = AndOperator()
both.add(either)
without = NotOperator()
without.add(NullOperator("facts_timestamp", True))
both.add(without)

whole = FromOperator("facts")
names = ExtractOperator()
names.add_field("value")
names.add_query(EqualsOperator("name", "kernel"))
whole.add_query(names)
whole.add_order_by([["certname", "desc"]])
whole.add_limit(2)
whole.add_offset(0)


def total():
    list(db._query("facts", limit=1, include_total=True, order_by='[{"field": "name"}]') or [])
    return {"total": db.total}


calls = {
    "nodes": lambda: db.nodes(),
    "nodes with status": lambda: db.nodes(with_status=True, with_event_numbers=False),
    "nodes with events": lambda: [(node.name, node.status, node.events) for node in db.nodes(with_status=True)],
    "no such node": lambda: [db.node("nobody")],
    "facts of a node": lambda: web1.facts(),
    "a fact of a node": lambda: [web1.fact("kernel")],
    "resources of a node": lambda: web1.resources(),
    "files of a node": lambda: web1.resources("file"),
    "a resource of a node": lambda: [web1.resource("Service", "nginx")],
    "reports of a node": lambda: web1.reports(),
    "facts": lambda: db.facts("os"),
    "facts of a value": lambda: db.facts("kernel", "Linux"),
    "factsets": lambda: db.factsets(),
    "fact contents": lambda: db.fact_contents(query=RegexArrayOperator("path", ["os", ".*"])),
    "fact paths": lambda: db.fact_paths(),
    "fact names": lambda: db.fact_names(),
    "resources": lambda: db.resources("service"),
    "environments": lambda: db.environments(),
    "events": lambda: db.events(query=EqualsOperator("certname", "web1")),
    "events of a report": lambda: report.events(),
    "counts by node": lambda: db.event_counts(summarize_by="certname"),
    "counts by resource": lambda: db.event_counts(summarize_by="resource", count_by="certname"),
    "counts of the latest": lambda: db.event_counts(
        summarize_by="certname", query=EqualsOperator("latest_report?", True)
    ),
    "counts with a filter": lambda: db.event_counts(
        summarize_by="certname", count_filter='[">", "successes", 0]'
    ),
    "aggregate": lambda: db.aggregate_event_counts(summarize_by="certname"),
    "aggregates": lambda: db.aggregate_event_counts(
        summarize_by="containing_class,resource", query=EqualsOperator("latest_report?", True)
    ),
    "inventory": lambda: db.inventory(query=EqualsOperator("facts.os.family", "Debian")),
    "catalog": lambda: [
        (c.node, c.version, c.environment, rows(c.get_resources()), sorted(map(str, c.get_edges())))
        for c in [db.catalog("web1")]
    ],
    "catalogs": lambda: [(c.node, c.version, len(c.resources)) for c in db.catalogs()],
    "edges": lambda: db._query("edges", query='["=", "certname", "web1"]'),
    "reports": lambda: db.reports(),
    "run times": lambda: [str(r.run_time) for r in db.reports()],
    "total": total,
    "greater": lambda: db._query("nodes", query=str(GreaterOperator("report_timestamp", "2024-03-01T00:00:00Z"))),
    "in a list": lambda: db.nodes(query=in_nodes),
    "count": lambda: db._query("resources", query=str(count)),
    "in a query": lambda: db.nodes(query=in_exported),
    "and, or, not": lambda: db.nodes(query=both),
    "root": lambda: db._query("pql", query=str(whole)),
    "pql": lambda: db._query("pql", query="nodes[certname] { certname ~ '^web' order by certname }"),
    "wrong query": lambda: db.nodes(query='["=", "nothing", 1]'),
}
answers = {name: outcome(call) for name, call in calls.items()}
others = {
    "version": db.current_version(),
    "server time": db._query("server-time"),
    "status": db.status(),
    "command": db.command("deactivate node", {"certname": "gone", "producer_timestamp": "2024-01-01T00:00:00Z"}),
    "metric": outcome(lambda: db.metric("puppetlabs.puppetdb.population:name=num-nodes")),
    "metrics": outcome(lambda: sorted(db.metric())),
}
json.dump({"answers": answers, "others": others}, sys.stdout, sort_keys=True)
