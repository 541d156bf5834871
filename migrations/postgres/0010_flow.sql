-- What a facility wrote down for an emergency; the newest version holds.

create table flow (
    facility_id text collate "C" not null references facility (id),
    version bigint not null,
    body text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, version)
);

create trigger flow_no_update before update or delete on flow for each row execute function append_only();
create trigger flow_no_truncate before truncate on flow for each statement execute function append_only();
