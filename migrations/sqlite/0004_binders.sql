-- Papers of many residents that were issued together, as one file to print: the same bytes at every print.

create table binder (
    facility_id text not null references facility (id),
    id text not null,
    issued_at integer not null,
    issued_by text not null,
    issued_by_name text not null,
    pages integer not null,
    sha256 blob not null,
    pdf blob not null,
    primary key (facility_id, id)
) strict;

-- page is the one on which the paper begins.
create table binder_document (
    facility_id text not null,
    binder_id text not null,
    document_id text not null,
    page integer not null,
    primary key (facility_id, binder_id, document_id),
    foreign key (facility_id, binder_id) references binder (facility_id, id),
    foreign key (facility_id, document_id) references document (facility_id, id)
) strict, without rowid;

create trigger binder_no_update before update on binder begin select raise(abort, 'append-only: binder'); end;
create trigger binder_no_delete before delete on binder begin select raise(abort, 'append-only: binder'); end;
create trigger binder_document_no_update before update on binder_document begin select raise(abort, 'append-only: binder_document'); end;
create trigger binder_document_no_delete before delete on binder_document begin select raise(abort, 'append-only: binder_document'); end;
