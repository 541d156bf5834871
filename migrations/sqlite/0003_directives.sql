-- What was said about the last stage of life. The standing is derived from these rows at every read; no column holds it.
--
-- seq is 1, 2, 3 … for each resident, so a missing row is seen. about names the statement that this one is about.

create table statement (
    facility_id text not null,
    resident_id text not null,
    seq integer not null,
    id text not null,
    kind text not null,
    about text,
    at integer not null,
    by_id text not null,
    by_name text not null,
    by_role text not null,
    body blob not null,
    primary key (facility_id, resident_id, seq),
    unique (facility_id, id),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
) strict;

create trigger statement_no_update before update on statement begin select raise(abort, 'append-only: statement'); end;
create trigger statement_no_delete before delete on statement begin select raise(abort, 'append-only: statement'); end;

-- Who last made this account or set its password: such a person could act as its holder, so the two are not two people.
alter table staff add column vouched_by text;
