-- Papers sent by FAX: what was prepared, and what happened to it since.

-- masked: the cover alone goes out, with the name half hidden.
create table fax (
    facility_id text collate "C" not null,
    id text collate "C" not null,
    document_id text collate "C" not null,
    recipient text collate "C" not null,
    department text collate "C" not null,
    person text collate "C" not null,
    number text collate "C" not null,
    subject text collate "C" not null,
    masked bigint not null check (masked in (0, 1)),
    pages bigint not null check (pages >= 1),
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, id),
    foreign key (facility_id, document_id) references document (facility_id, id)
);

create index fax_of_document on fax (facility_id, document_id, id);

create table fax_event (
    facility_id text collate "C" not null,
    fax_id text collate "C" not null,
    seq bigint not null,
    kind text collate "C" not null check (kind in ('checked', 'mismatched', 'sent', 'arrived', 'failed', 'cancelled')),
    words text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, fax_id, seq),
    foreign key (facility_id, fax_id) references fax (facility_id, id)
);

create trigger fax_no_update before update or delete on fax for each row execute function append_only();
create trigger fax_no_truncate before truncate on fax for each statement execute function append_only();
create trigger fax_event_no_update before update or delete on fax_event for each row execute function append_only();
create trigger fax_event_no_truncate before truncate on fax_event for each statement execute function append_only();
