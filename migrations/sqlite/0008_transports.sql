-- Emergencies, from 急変 until the record is ended.

create table transport (
    facility_id text not null,
    id text not null,
    resident_id text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, id),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
) strict, without rowid;

create index transport_of_resident on transport (facility_id, resident_id, id);

-- about: the entry that a correction puts right. tap: the same one sent again is one entry.
create table transport_event (
    facility_id text not null,
    transport_id text not null,
    seq integer not null,
    kind text not null,
    about integer check ((about is not null) = (kind = 'corrected')),
    who text not null,
    outcome text check (outcome in ('answered', 'no_answer')),
    words text not null,
    tap text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, transport_id, seq),
    unique (facility_id, transport_id, tap),
    foreign key (facility_id, transport_id) references transport (facility_id, id)
) strict, without rowid;

-- Every page asks which emergencies are open: whether one was ended, and whether that was put right.
create index transport_ended on transport_event (facility_id, transport_id, seq) where kind = 'closed';
create index transport_corrected on transport_event (facility_id, transport_id, about) where about is not null;

create trigger transport_no_update before update on transport begin select raise(abort, 'append-only: transport'); end;
create trigger transport_no_delete before delete on transport begin select raise(abort, 'append-only: transport'); end;
create trigger transport_event_no_update before update on transport_event
begin select raise(abort, 'append-only: transport_event'); end;
create trigger transport_event_no_delete before delete on transport_event
begin select raise(abort, 'append-only: transport_event'); end;
