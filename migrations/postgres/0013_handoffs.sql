-- Stays in hospital: what goes with the resident, how it was given, what comes back.

-- baseline: the revision of the sheet on the day it began, from which every comparison starts.
create table handoff (
    facility_id text collate "C" not null,
    id text collate "C" not null,
    resident_id text collate "C" not null,
    transport_id text collate "C",
    baseline bigint not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, id),
    foreign key (facility_id, resident_id) references resident (facility_id, id),
    foreign key (facility_id, transport_id) references transport (facility_id, id)
);

-- Every version of what was written about a stay; the newest of a part holds. by_staff is empty when the hospital wrote.
create table handoff_part (
    facility_id text collate "C" not null,
    handoff_id text collate "C" not null,
    part text collate "C" not null,
    version bigint not null,
    body text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, handoff_id, part, version),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id)
);

create table handoff_ended (
    facility_id text collate "C" not null,
    handoff_id text collate "C" not null,
    ending text collate "C" not null check (ending in ('returned', 'elsewhere', 'died', 'mistaken')),
    ended_on text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, handoff_id),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id)
);

-- Files that a hospital or a facility added to a stay: letters, summaries, photographs.
create table handoff_file (
    facility_id text collate "C" not null,
    handoff_id text collate "C" not null,
    seq bigint not null,
    attachment_id text collate "C" not null,
    label text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, handoff_id, seq),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id),
    foreign key (facility_id, attachment_id) references attachment (facility_id, id)
);

-- restricted: it takes an own permission to see it.
create table handoff_document (
    facility_id text collate "C" not null,
    document_id text collate "C" not null,
    handoff_id text collate "C" not null,
    restricted bigint not null check (restricted in (0, 1)),
    primary key (facility_id, document_id),
    foreign key (facility_id, document_id) references document (facility_id, id),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id)
);

-- hospital_id: the hospital whose people have it in their inbox.
create table sending (
    facility_id text collate "C" not null,
    id text collate "C" not null,
    handoff_id text collate "C" not null,
    document_id text collate "C" not null,
    method text collate "C" not null,
    recipient text collate "C" not null,
    department text collate "C" not null,
    person text collate "C" not null,
    role text collate "C" not null,
    pages bigint not null,
    attachments text collate "C" not null,
    note text collate "C" not null,
    fax_id text collate "C",
    hospital_id text collate "C" references facility (id),
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, id),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id),
    foreign key (facility_id, document_id) references document (facility_id, id)
);

-- by_staff is empty when the hospital did it.
create table sending_event (
    facility_id text collate "C" not null,
    sending_id text collate "C" not null,
    seq bigint not null,
    kind text collate "C" not null,
    words text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, sending_id, seq),
    foreign key (facility_id, sending_id) references sending (facility_id, id)
);

-- A page that a hospital opens with a token from paper and a passcode from the telephone. tries: wrong ones since the
-- passcode was told; counted before it is compared.
create table sending_link (
    token_hash bytea not null,
    facility_id text collate "C" not null,
    sending_id text collate "C" not null,
    created_at bigint not null,
    expires_at bigint not null,
    passcode_hash bytea not null,
    tries bigint not null,
    ended_at bigint,
    primary key (token_hash),
    foreign key (facility_id, sending_id) references sending (facility_id, id)
);

-- Who opened such a page with the passcode, and until when that browser may.
create table sending_visit (
    session_hash bytea not null,
    token_hash bytea not null,
    person text collate "C" not null,
    department text collate "C" not null,
    at bigint not null,
    expires_at bigint not null,
    primary key (session_hash),
    foreign key (token_hash) references sending_link (token_hash)
);

-- Whom to reach in a hospital, or for the way home (窓口一覧). Every version is kept; the newest holds.
create table desk (
    facility_id text collate "C" not null,
    id text collate "C" not null,
    kind text collate "C" not null check (kind in ('hospital', 'care_taxi', 'welfare_transport')),
    hospital text collate "C" not null,
    department text collate "C" not null,
    person text collate "C" not null,
    phone text collate "C" not null,
    fax text collate "C" not null,
    hours text collate "C" not null,
    confirmed_on text collate "C" not null,
    version bigint not null,
    removed bigint not null check (removed in (0, 1)),
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, id, version),
    foreign key (facility_id) references facility (id)
);

create index desk_of_the_way_home on desk (facility_id, id) where kind <> 'hospital' and removed = 0;

-- What a facility can take on, by day and by night; the newest version holds.
create table capability (
    facility_id text collate "C" not null,
    version bigint not null,
    body text collate "C" not null,
    at bigint not null,
    by_staff text collate "C" not null,
    by_name text collate "C" not null,
    primary key (facility_id, version),
    foreign key (facility_id) references facility (id)
);

create index handoff_of_resident on handoff (facility_id, resident_id, id);
create index handoff_document_of on handoff_document (facility_id, handoff_id, document_id);
create index sending_of_handoff on sending (facility_id, handoff_id, id);
create index sending_to_hospital on sending (hospital_id, id) where hospital_id is not null;
create index sending_of_document on sending (facility_id, document_id, id);
create index sending_link_of on sending_link (facility_id, sending_id);

create trigger handoff_no_update before update or delete on handoff for each row execute function append_only();
create trigger handoff_no_truncate before truncate on handoff for each statement execute function append_only();
create trigger handoff_part_no_update before update or delete on handoff_part for each row execute function append_only();
create trigger handoff_part_no_truncate before truncate on handoff_part for each statement execute function append_only();
create trigger handoff_ended_no_update before update or delete on handoff_ended for each row execute function append_only();
create trigger handoff_ended_no_truncate before truncate on handoff_ended for each statement execute function append_only();
create trigger handoff_document_no_update before update or delete on handoff_document for each row execute function append_only();
create trigger handoff_document_no_truncate before truncate on handoff_document for each statement execute function append_only();
create trigger sending_no_update before update or delete on sending for each row execute function append_only();
create trigger sending_no_truncate before truncate on sending for each statement execute function append_only();
create trigger sending_event_no_update before update or delete on sending_event for each row execute function append_only();
create trigger sending_event_no_truncate before truncate on sending_event for each statement execute function append_only();
create trigger desk_no_update before update or delete on desk for each row execute function append_only();
create trigger desk_no_truncate before truncate on desk for each statement execute function append_only();
create trigger capability_no_update before update or delete on capability for each row execute function append_only();
create trigger capability_no_truncate before truncate on capability for each statement execute function append_only();
create trigger handoff_file_no_update before update or delete on handoff_file for each row execute function append_only();
create trigger handoff_file_no_truncate before truncate on handoff_file for each statement execute function append_only();
