-- Since when a session is locked by its person (security.md J-18). That it was not used for a while needs no column:
-- seen_at says so.
alter table session add column locked_at bigint;

-- Envelopes with an account for the night on which nobody has digits (security.md J-11). Each sealing is a row; one that
-- is not closed is the facility's. opened_*: once, by whom, from where.
create table sealed_account (
    facility_id text collate "C" not null,
    number bigint not null,
    staff_id text collate "C" not null,
    login text collate "C" not null,
    code_hash bytea not null,
    sealed_at bigint not null,
    sealed_by text collate "C" not null,
    opened_at bigint,
    opened_as text collate "C",
    opened_source text collate "C",
    opened_browser text collate "C",
    closed_at bigint,
    primary key (facility_id, number),
    foreign key (facility_id, staff_id) references staff (facility_id, id)
);
create index sealed_account_of_login on sealed_account (login);

-- The name that somebody gave who came in by an envelope; it stands beside everything that is recorded.
alter table session add column as_name text collate "C";
