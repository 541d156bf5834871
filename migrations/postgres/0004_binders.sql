-- Papers of many residents that were issued together, as one file to print: the same bytes at every print.

create table binder (
    facility_id text collate "C" not null references facility (id),
    id text collate "C" not null,
    issued_at bigint not null,
    issued_by text not null,
    issued_by_name text not null,
    pages bigint not null,
    sha256 bytea not null,
    pdf bytea not null,
    primary key (facility_id, id)
);

-- page is the one on which the paper begins.
create table binder_document (
    facility_id text collate "C" not null,
    binder_id text collate "C" not null,
    document_id text collate "C" not null,
    page bigint not null,
    primary key (facility_id, binder_id, document_id),
    foreign key (facility_id, binder_id) references binder (facility_id, id),
    foreign key (facility_id, document_id) references document (facility_id, id)
);

create trigger binder_no_update before update or delete on binder for each row execute function append_only();
create trigger binder_no_truncate before truncate on binder for each statement execute function append_only();
create trigger binder_document_no_update before update or delete on binder_document for each row execute function append_only();
create trigger binder_document_no_truncate before truncate on binder_document for each statement execute function append_only();
