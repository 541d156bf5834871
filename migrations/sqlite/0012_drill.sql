-- The made-up resident of a facility's drills: on no list, in no count, and marked 訓練 wherever it is shown.
alter table resident add column drill integer not null default 0 check (drill in (0, 1));
create index resident_of_drills on resident (facility_id, id) where drill = 1;
