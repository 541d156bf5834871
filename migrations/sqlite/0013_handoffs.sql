-- Stays in hospital: what goes with the resident, how it was given, what comes back.

-- baseline: the revision of the sheet on the day it began, from which every comparison starts.
create table handoff (
    facility_id text not null,
    id text not null,
    resident_id text not null,
    transport_id text,
    baseline integer not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, id),
    foreign key (facility_id, resident_id) references resident (facility_id, id),
    foreign key (facility_id, transport_id) references transport (facility_id, id)
) strict, without rowid;

-- Every version of what was written about a stay; the newest of a part holds. by_staff is empty when the hospital wrote.
create table handoff_part (
    facility_id text not null,
    handoff_id text not null,
    part text not null,
    version integer not null,
    body text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, handoff_id, part, version),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id)
) strict, without rowid;

create table handoff_ended (
    facility_id text not null,
    handoff_id text not null,
    ending text not null check (ending in ('returned', 'elsewhere', 'died', 'mistaken')),
    ended_on text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, handoff_id),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id)
) strict, without rowid;

-- Files that a hospital or a facility added to a stay: letters, summaries, photographs.
create table handoff_file (
    facility_id text not null,
    handoff_id text not null,
    seq integer not null,
    attachment_id text not null,
    label text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, handoff_id, seq),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id),
    foreign key (facility_id, attachment_id) references attachment (facility_id, id)
) strict, without rowid;

-- restricted: it takes an own permission to see it.
create table handoff_document (
    facility_id text not null,
    document_id text not null,
    handoff_id text not null,
    restricted integer not null check (restricted in (0, 1)),
    primary key (facility_id, document_id),
    foreign key (facility_id, document_id) references document (facility_id, id),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id)
) strict, without rowid;

-- hospital_id: the hospital whose people have it in their inbox.
create table sending (
    facility_id text not null,
    id text not null,
    handoff_id text not null,
    document_id text not null,
    method text not null,
    recipient text not null,
    department text not null,
    person text not null,
    role text not null,
    pages integer not null,
    attachments text not null,
    note text not null,
    fax_id text,
    hospital_id text references facility (id),
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, id),
    foreign key (facility_id, handoff_id) references handoff (facility_id, id),
    foreign key (facility_id, document_id) references document (facility_id, id)
) strict, without rowid;

-- by_staff is empty when the hospital did it.
create table sending_event (
    facility_id text not null,
    sending_id text not null,
    seq integer not null,
    kind text not null,
    words text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, sending_id, seq),
    foreign key (facility_id, sending_id) references sending (facility_id, id)
) strict, without rowid;

-- A page that a hospital opens with a token from paper and a passcode from the telephone. tries: wrong ones since the
-- passcode was told; counted before it is compared.
create table sending_link (
    token_hash blob not null,
    facility_id text not null,
    sending_id text not null,
    created_at integer not null,
    expires_at integer not null,
    passcode_hash blob not null,
    tries integer not null,
    ended_at integer,
    primary key (token_hash),
    foreign key (facility_id, sending_id) references sending (facility_id, id)
) strict, without rowid;

-- Who opened such a page with the passcode, and until when that browser may.
create table sending_visit (
    session_hash blob not null,
    token_hash blob not null,
    person text not null,
    department text not null,
    at integer not null,
    expires_at integer not null,
    primary key (session_hash),
    foreign key (token_hash) references sending_link (token_hash)
) strict, without rowid;

-- Whom to reach in a hospital, or for the way home (窓口一覧). Every version is kept; the newest holds.
create table desk (
    facility_id text not null,
    id text not null,
    kind text not null check (kind in ('hospital', 'care_taxi', 'welfare_transport')),
    hospital text not null,
    department text not null,
    person text not null,
    phone text not null,
    fax text not null,
    hours text not null,
    confirmed_on text not null,
    version integer not null,
    removed integer not null check (removed in (0, 1)),
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, id, version),
    foreign key (facility_id) references facility (id)
) strict, without rowid;

create index desk_of_the_way_home on desk (facility_id, id) where kind <> 'hospital' and removed = 0;

-- What a facility can take on, by day and by night; the newest version holds.
create table capability (
    facility_id text not null,
    version integer not null,
    body text not null,
    at integer not null,
    by_staff text not null,
    by_name text not null,
    primary key (facility_id, version),
    foreign key (facility_id) references facility (id)
) strict, without rowid;

create index handoff_of_resident on handoff (facility_id, resident_id, id);
create index handoff_document_of on handoff_document (facility_id, handoff_id, document_id);
create index sending_of_handoff on sending (facility_id, handoff_id, id);
create index sending_to_hospital on sending (hospital_id, id) where hospital_id is not null;
create index sending_of_document on sending (facility_id, document_id, id);
create index sending_link_of on sending_link (facility_id, sending_id);

create trigger handoff_no_update before update on handoff begin select raise(abort, 'append-only: handoff'); end;
create trigger handoff_no_delete before delete on handoff begin select raise(abort, 'append-only: handoff'); end;
create trigger handoff_part_no_update before update on handoff_part begin select raise(abort, 'append-only: handoff_part'); end;
create trigger handoff_part_no_delete before delete on handoff_part begin select raise(abort, 'append-only: handoff_part'); end;
create trigger handoff_ended_no_update before update on handoff_ended begin select raise(abort, 'append-only: handoff_ended'); end;
create trigger handoff_ended_no_delete before delete on handoff_ended begin select raise(abort, 'append-only: handoff_ended'); end;
create trigger handoff_document_no_update before update on handoff_document begin select raise(abort, 'append-only: handoff_document'); end;
create trigger handoff_document_no_delete before delete on handoff_document begin select raise(abort, 'append-only: handoff_document'); end;
create trigger sending_no_update before update on sending begin select raise(abort, 'append-only: sending'); end;
create trigger sending_no_delete before delete on sending begin select raise(abort, 'append-only: sending'); end;
create trigger sending_event_no_update before update on sending_event begin select raise(abort, 'append-only: sending_event'); end;
create trigger sending_event_no_delete before delete on sending_event begin select raise(abort, 'append-only: sending_event'); end;
create trigger desk_no_update before update on desk begin select raise(abort, 'append-only: desk'); end;
create trigger desk_no_delete before delete on desk begin select raise(abort, 'append-only: desk'); end;
create trigger capability_no_update before update on capability begin select raise(abort, 'append-only: capability'); end;
create trigger capability_no_delete before delete on capability begin select raise(abort, 'append-only: capability'); end;
create trigger handoff_file_no_update before update on handoff_file begin select raise(abort, 'append-only: handoff_file'); end;
create trigger handoff_file_no_delete before delete on handoff_file begin select raise(abort, 'append-only: handoff_file'); end;
