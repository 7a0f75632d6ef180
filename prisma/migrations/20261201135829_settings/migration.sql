-- By hand: the table stays, with its rows, and holds more than policies.
ALTER TABLE "billing_policy" RENAME TO "setting_record";
ALTER TABLE "setting_record" RENAME COLUMN "policy" TO "says";
ALTER TABLE "setting_record" RENAME CONSTRAINT "billing_policy_pkey" TO "setting_record_pkey";
ALTER TABLE "setting_record" RENAME CONSTRAINT "billing_policy_msp_id_fkey" TO "setting_record_msp_id_fkey";
ALTER TABLE "setting_record" RENAME CONSTRAINT "billing_policy_whole" TO "setting_record_whole";

-- Who said so in chat: both or, for the configuration, neither.
ALTER TABLE "setting_record" ADD COLUMN "recorded_by" TEXT, ADD COLUMN "recorded_by_name" TEXT;
ALTER TABLE "setting_record" ADD CONSTRAINT "setting_record_by"
    CHECK (("recorded_by" IS NULL) = ("recorded_by_name" IS NULL));

-- Until now a row had every rule, and left out those without a value; from now on what is left out is not said.
ALTER TABLE "setting_record" DISABLE TRIGGER "only_added";
UPDATE "setting_record" SET "says" = '{"anchorDay": null, "baseMonth": null}'::jsonb || "says";
ALTER TABLE "setting_record" ENABLE TRIGGER "only_added";
