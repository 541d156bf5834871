-- Emergencies, from 急変 until the record is ended.

create table transport (
    facility_id text collate "C" not null,
    id text collate "C" not null,
    resident_id text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, id),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
);

create index transport_of_resident on transport (facility_id, resident_id, id);

-- about: the entry that a correction puts right. tap: the same one sent again is one entry.
create table transport_event (
    facility_id text collate "C" not null,
    transport_id text collate "C" not null,
    seq bigint not null,
    kind text collate "C" not null,
    about bigint check ((about is not null) = (kind = 'corrected')),
    who text collate "C" not null,
    outcome text collate "C" check (outcome in ('answered', 'no_answer')),
    words text collate "C" not null,
    tap text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, transport_id, seq),
    unique (facility_id, transport_id, tap),
    foreign key (facility_id, transport_id) references transport (facility_id, id)
);

-- Every page asks which emergencies are open: whether one was ended, and whether that was put right.
create index transport_ended on transport_event (facility_id, transport_id, seq) where kind = 'closed';
create index transport_corrected on transport_event (facility_id, transport_id, about) where about is not null;

create trigger transport_no_update before update or delete on transport for each row execute function append_only();
create trigger transport_no_truncate before truncate on transport for each statement execute function append_only();
create trigger transport_event_no_update before update or delete on transport_event
for each row execute function append_only();
create trigger transport_event_no_truncate before truncate on transport_event
for each statement execute function append_only();
