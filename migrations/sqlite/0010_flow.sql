-- What a facility wrote down for an emergency; the newest version holds.

create table flow (
    facility_id text not null references facility (id),
    version integer not null,
    body text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, version)
) strict, without rowid;

create trigger flow_no_update before update on flow begin select raise(abort, 'append-only: flow'); end;
create trigger flow_no_delete before delete on flow begin select raise(abort, 'append-only: flow'); end;
