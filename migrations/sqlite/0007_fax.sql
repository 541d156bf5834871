-- Papers sent by FAX: what was prepared, and what happened to it since.

-- masked: the cover alone goes out, with the name half hidden.
create table fax (
    facility_id text not null,
    id text not null,
    document_id text not null,
    recipient text not null,
    department text not null,
    person text not null,
    number text not null,
    subject text not null,
    masked integer not null check (masked in (0, 1)),
    pages integer not null check (pages >= 1),
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, id),
    foreign key (facility_id, document_id) references document (facility_id, id)
) strict, without rowid;

create index fax_of_document on fax (facility_id, document_id, id);

create table fax_event (
    facility_id text not null,
    fax_id text not null,
    seq integer not null,
    kind text not null check (kind in ('checked', 'mismatched', 'sent', 'arrived', 'failed', 'cancelled')),
    words text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, fax_id, seq),
    foreign key (facility_id, fax_id) references fax (facility_id, id)
) strict, without rowid;

create trigger fax_no_update before update on fax begin select raise(abort, 'append-only: fax'); end;
create trigger fax_no_delete before delete on fax begin select raise(abort, 'append-only: fax'); end;
create trigger fax_event_no_update before update on fax_event begin select raise(abort, 'append-only: fax_event'); end;
create trigger fax_event_no_delete before delete on fax_event begin select raise(abort, 'append-only: fax_event'); end;
