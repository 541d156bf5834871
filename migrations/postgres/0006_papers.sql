-- How many of a paper were printed and where they are kept; and which of those that hold no longer were collected.

alter table document add column copies bigint not null default 1;
alter table document add column kept_at text collate "C" not null default '';

create trigger document_no_update_of_copies before update of copies, kept_at on document
for each row execute function append_only();

-- outcome: collected, or lost and not to be found.
create table document_collected (
    facility_id text collate "C" not null,
    document_id text collate "C" not null,
    outcome text collate "C" not null check (outcome in ('collected', 'lost')),
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, document_id),
    foreign key (facility_id, document_id) references document (facility_id, id)
);

create trigger document_collected_no_update before update or delete on document_collected for each row execute function append_only();
create trigger document_collected_no_truncate before truncate on document_collected for each statement execute function append_only();
