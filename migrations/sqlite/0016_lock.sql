-- Since when a session is locked by its person (security.md J-18). That it was not used for a while needs no column:
-- seen_at says so.
alter table session add column locked_at integer;
