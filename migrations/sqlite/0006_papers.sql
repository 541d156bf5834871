-- How many of a paper were printed and where they are kept; and which of those that hold no longer were collected.

alter table document add column copies integer not null default 1;
alter table document add column kept_at text not null default '';

create trigger document_no_update_of_copies before update of copies, kept_at on document
begin select raise(abort, 'append-only: document'); end;

-- outcome: collected, or lost and not to be found.
create table document_collected (
    facility_id text not null,
    document_id text not null,
    outcome text not null check (outcome in ('collected', 'lost')),
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, document_id),
    foreign key (facility_id, document_id) references document (facility_id, id)
) strict, without rowid;

create trigger document_collected_no_update before update on document_collected begin select raise(abort, 'append-only: document_collected'); end;
create trigger document_collected_no_delete before delete on document_collected begin select raise(abort, 'append-only: document_collected'); end;
