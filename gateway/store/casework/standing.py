"""Whether the database holds people to what they may know: the roles, the tables, their policies."""

from typing import Final

from gateway.store.connect import Database

ROLES: Final = """
SELECT current_user AS mine, m.rolsuper AS superuser, m.rolbypassrls AS bypasses,
       p.oid IS NOT NULL AS there,
       p.rolsuper OR p.rolbypassrls OR p.rolcanlogin OR p.rolcreaterole AS too_much,
       p.oid IS NOT NULL AND pg_has_role(current_user, p.oid, 'SET') AS may_become
  FROM pg_roles m LEFT JOIN pg_roles p ON p.rolname = 'msa_person' WHERE m.rolname = current_user"""

# For whoever does not own a table its policies hold, and the gateway's own work must have none.
NOT_OURS: Final = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relrowsecurity
   AND NOT pg_has_role(current_user, c.relowner, 'USAGE') ORDER BY 1"""

UNGUARDED: Final = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
   AND (EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
        OR (c.relname <> ALL ($1) AND NOT c.relispartition AND (
               has_table_privilege('msa_person', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
            OR has_any_column_privilege('msa_person', c.oid, 'SELECT, INSERT, UPDATE'))))
 ORDER BY 1"""

MORE: Final = """
SELECT t.name || ' ' || v.verb AS right_
  FROM unnest($1::text[], $2::text[]) AS t (name, verbs)
  CROSS JOIN (VALUES ('S', 'SELECT'), ('I', 'INSERT'), ('U', 'UPDATE'), ('D', 'DELETE')) AS v (letter, verb)
 WHERE strpos(t.verbs, v.letter) = 0 AND to_regclass(t.name) IS NOT NULL
   AND (has_table_privilege('msa_person', t.name, v.verb)
        OR (v.verb <> 'DELETE' AND has_any_column_privilege('msa_person', t.name, v.verb)))
 ORDER BY 1"""


class Standing:
    """What is wrong (``faults``) and what is doubtful about how the database guards files."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.doubts: list[str] = []


async def standing(database: Database, matrix: dict[str, str], everywhere: frozenset[str]) -> Standing:
    """Look at roles, tables and rights. ``matrix``: the verbs that anybody has of each table, as letters."""
    found = Standing()
    row = await database.fetchrow(ROLES)
    if row is None or not row["there"]:
        found.faults.append("there is no role msa_person: msa db migrate")
        return found
    if row["too_much"]:
        found.faults.append("msa_person may log in, or gets past policies: it is only ever become")
    if not row["may_become"]:
        found.faults.append(f"{row['mine']} may not become msa_person: GRANT msa_person TO {row['mine']}")
    if row["superuser"] or row["bypasses"]:
        found.doubts.append(f"{row['mine']} gets past every policy: give the gateway a role that does not")
    if other := [one["relname"] for one in await database.fetch(NOT_OURS)]:
        found.faults.append(f"{row['mine']} does not own {', '.join(other)}: presses could not be committed")
    if bare := [one["relname"] for one in await database.fetch(UNGUARDED, sorted(everywhere))]:
        found.faults.append(f"without row-level security: {', '.join(bare)}")
    if more := [one["right_"] for one in await database.fetch(MORE, list(matrix), list(matrix.values()))]:
        found.faults.append(f"msa_person may do more than the matrix says: {', '.join(more)}")
    return found
