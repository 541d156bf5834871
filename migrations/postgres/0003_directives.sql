-- What was said about the last stage of life. The standing is derived from these rows at every read; no column holds it.
--
-- seq is 1, 2, 3 … for each resident, so a missing row is seen. about names the statement that this one is about.

create table statement (
    facility_id text collate "C" not null,
    resident_id text collate "C" not null,
    seq bigint not null,
    id text collate "C" not null,
    kind text not null,
    about text collate "C",
    at bigint not null,
    by_id text collate "C" not null,
    by_name text not null,
    by_role text not null,
    body bytea not null,
    primary key (facility_id, resident_id, seq),
    unique (facility_id, id),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
);

create trigger statement_no_update before update or delete on statement for each row execute function append_only();
create trigger statement_no_truncate before truncate on statement for each statement execute function append_only();

-- Who last made this account or set its password: such a person could act as its holder, so the two are not two people.
alter table staff add column vouched_by text collate "C";
