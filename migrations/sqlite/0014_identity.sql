-- What somebody must have beside the password (security.md J-01), and how somebody without a password obtains one.

-- The key of the six digits on a person's phone. confirmed_at: when its first digits were right; before that it lets
-- nobody in. last_step: the half minute whose digits were used last; none is used twice.
create table second_factor (
    facility_id text not null,
    staff_id text not null,
    secret blob not null,
    confirmed_at integer,
    last_step integer not null,
    created_at integer not null,
    primary key (facility_id, staff_id),
    foreign key (facility_id, staff_id) references staff (facility_id, id)
) strict, without rowid;

-- Codes on paper for when the phone is lost; each opens once.
create table recovery_code (
    facility_id text not null,
    staff_id text not null,
    code_hash blob not null,
    used_at integer,
    primary key (facility_id, staff_id, code_hash),
    foreign key (facility_id, staff_id) references staff (facility_id, id)
) strict, without rowid;

-- A browser that gave the digits and needs none again for a while.
create table remembered_device (
    token_hash blob not null,
    facility_id text not null,
    staff_id text not null,
    label text not null,
    created_at integer not null,
    expires_at integer not null,
    primary key (token_hash),
    foreign key (facility_id, staff_id) references staff (facility_id, id)
) strict, without rowid;
create index remembered_device_of_staff on remembered_device (facility_id, staff_id);

-- Somebody whose password was right and whose digits are awaited.
create table sign_in (
    token_hash blob not null,
    facility_id text not null,
    staff_id text not null,
    tries integer not null,
    created_at integer not null,
    expires_at integer not null,
    primary key (token_hash),
    foreign key (facility_id, staff_id) references staff (facility_id, id)
) strict, without rowid;
create index sign_in_of_staff on sign_in (facility_id, staff_id);

-- A page on which a new person, or one who lost password or phone, chooses a password. It opens once.
create table invitation (
    token_hash blob not null,
    facility_id text not null,
    staff_id text not null,
    created_at integer not null,
    expires_at integer not null,
    used_at integer,
    primary key (token_hash),
    foreign key (facility_id, staff_id) references staff (facility_id, id)
) strict, without rowid;
create index invitation_of_staff on invitation (facility_id, staff_id);

-- Where a session began: a network address and what the browser says it is.
alter table session add column source text not null default '';
alter table session add column browser text not null default '';
