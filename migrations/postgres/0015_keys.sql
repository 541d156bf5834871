-- The keys that seal what is known of people: a facility's (subject is empty), sealed by the master key, and, sealed by
-- the facility's, one for each resident and each binder (subject: its id).
create table data_key (
    id bytea not null,
    facility_id text collate "C" not null,
    subject text collate "C" not null,
    sealed bytea not null,
    created_at bigint not null,
    primary key (id),
    unique (facility_id, subject),
    foreign key (facility_id) references facility (id)
);
create index data_key_of_facilities on data_key (facility_id) where subject = '';

-- Failures to sign in are forgotten by age, whoever's they were.
create index login_failure_by_age on login_failure (at);
