-- Who was reminded of what runs out (flow/expiry.h): once for each record, day it runs out on, and
-- distance from that day.  expiry: name of the declaration; due: that day; channel: empty when none
-- was open; pending: its call or message may still be withdrawn.
CREATE TABLE gx_expiry_reminder (
    id BIGINT PRIMARY KEY NOT NULL,
    expiry TEXT NOT NULL,
    record BIGINT NOT NULL,
    due BIGINT NOT NULL,
    distance BIGINT NOT NULL,
    channel TEXT NOT NULL,
    activity BIGINT,
    message BIGINT,
    made_on BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    pending BIGINT NOT NULL
);
CREATE UNIQUE INDEX gx_expiry_reminder_once ON gx_expiry_reminder (record, expiry, due, distance);
CREATE INDEX gx_expiry_reminder_day ON gx_expiry_reminder (expiry, made_on);
CREATE INDEX gx_expiry_reminder_pending ON gx_expiry_reminder (expiry, pending, id);
