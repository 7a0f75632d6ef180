-- AlterTable
ALTER TABLE "books" ADD COLUMN     "sync_version" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "psa_customer" (
    "msp_id" TEXT NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "psa" TEXT NOT NULL,
    "company_id" TEXT NOT NULL,
    "company_name" TEXT NOT NULL,

    CONSTRAINT "psa_customer_pkey" PRIMARY KEY ("msp_id","customer_id")
);

-- CreateTable
CREATE TABLE "psa_slot" (
    "msp_id" TEXT NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "psa" TEXT NOT NULL,
    "container_id" TEXT COLLATE "C" NOT NULL,
    "item_id" TEXT NOT NULL,
    "line_id" TEXT,
    "lineage_ids" TEXT[] NOT NULL,
    "seat_offset" DECIMAL(28,8) NOT NULL,
    "price_owner" TEXT NOT NULL,
    "route_from" DATE NOT NULL,

    CONSTRAINT "psa_slot_pkey" PRIMARY KEY ("msp_id","id")
);

-- CreateTable
CREATE TABLE "psa_reading" (
    "msp_id" TEXT NOT NULL,
    "psa" TEXT NOT NULL,
    "container_id" TEXT COLLATE "C" NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,
    "container" JSONB NOT NULL,

    CONSTRAINT "psa_reading_pkey" PRIMARY KEY ("msp_id","psa","container_id")
);

-- CreateTable
CREATE TABLE "psa_locked_period" (
    "msp_id" TEXT NOT NULL,
    "lineage_id" TEXT COLLATE "C" NOT NULL,
    "period_from" DATE NOT NULL,
    "period_to" DATE NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "lines" JSONB NOT NULL,

    CONSTRAINT "psa_locked_period_pkey" PRIMARY KEY ("msp_id","lineage_id","period_from","period_to","found_at")
);

-- CreateTable
CREATE TABLE "psa_written" (
    "msp_id" TEXT NOT NULL,
    "slot_id" TEXT COLLATE "C" NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "psa_written_pkey" PRIMARY KEY ("msp_id","slot_id")
);

-- CreateTable
CREATE TABLE "sync_step" (
    "msp_id" TEXT NOT NULL,
    "run_number" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "part" INTEGER NOT NULL,
    "psa" TEXT NOT NULL,
    "container_id" TEXT COLLATE "C" NOT NULL,
    "container_name" TEXT NOT NULL,
    "customer_id" TEXT COLLATE "C" NOT NULL,
    "customer_name" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "mode" TEXT NOT NULL,
    "slot_id" TEXT COLLATE "C" NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "content" JSONB NOT NULL,

    CONSTRAINT "sync_step_pkey" PRIMARY KEY ("msp_id","run_number","position")
);

-- CreateTable
CREATE TABLE "sync_intent" (
    "msp_id" TEXT NOT NULL,
    "run_number" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "psa" TEXT NOT NULL,
    "container_id" TEXT COLLATE "C" NOT NULL,
    "approval_number" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "not_before" TIMESTAMPTZ(3),
    "why" TEXT,

    CONSTRAINT "sync_intent_pkey" PRIMARY KEY ("msp_id","run_number","position")
);

-- CreateTable
CREATE TABLE "sync_claim" (
    "msp_id" TEXT NOT NULL,
    "psa" TEXT NOT NULL,
    "container_id" TEXT COLLATE "C" NOT NULL,
    "fence" INTEGER NOT NULL,
    "owner" TEXT,
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "sync_claim_pkey" PRIMARY KEY ("msp_id","psa","container_id")
);

-- CreateIndex
CREATE INDEX "sync_step_msp_id_key_idx" ON "sync_step"("msp_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "sync_step_msp_id_run_number_key_key" ON "sync_step"("msp_id", "run_number", "key");

-- AddForeignKey
ALTER TABLE "sync_step" ADD CONSTRAINT "sync_step_msp_id_run_number_fkey" FOREIGN KEY ("msp_id", "run_number") REFERENCES "bill_run"("msp_id", "number") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sync_intent" ADD CONSTRAINT "sync_intent_msp_id_run_number_position_fkey" FOREIGN KEY ("msp_id", "run_number", "position") REFERENCES "sync_step"("msp_id", "run_number", "position") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sync_intent" ADD CONSTRAINT "sync_intent_msp_id_approval_number_fkey" FOREIGN KEY ("msp_id", "approval_number") REFERENCES "approval"("msp_id", "number") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- By hand from here: what the schema language cannot say.

-- One promise for each business fact: given up or replaced, it may be made again.
CREATE UNIQUE INDEX "sync_intent_once" ON "sync_intent"("msp_id", "key") WHERE "state" NOT IN ('parked', 'replaced');

-- Intents to work on: few, whatever was confirmed before.
CREATE INDEX "sync_intent_open" ON "sync_intent"("msp_id", "psa", "container_id")
    WHERE "state" IN ('waiting', 'sending', 'unknown');

-- A run is asked for once, to bill by file or to write into PSAs; voiding it may be asked for again and again.
DROP INDEX "approval_bills_run_once";
CREATE UNIQUE INDEX "approval_bills_run_once" ON "approval"("msp_id", "run_number") WHERE "type" IN ('bill', 'sync');
ALTER TABLE "approval" DROP CONSTRAINT "approval_type";
ALTER TABLE "approval" ADD CONSTRAINT "approval_type"
    CHECK (("type" IN ('bill', 'sync') AND "customer_id" IS NULL AND "reason" IS NULL)
        OR ("type" = 'void' AND "reason" IS NOT NULL));

-- Words and half-known facts that the program could not read back never get in.
ALTER TABLE "psa_customer" ADD CONSTRAINT "psa_customer_psa" CHECK ("psa" IN ('connectwise', 'autotask'));
ALTER TABLE "psa_slot" ADD CONSTRAINT "psa_slot_words"
    CHECK ("psa" IN ('connectwise', 'autotask') AND "price_owner" IN ('keep', 'ours', 'catalog'));
ALTER TABLE "psa_reading" ADD CONSTRAINT "psa_reading_whole"
    CHECK ("psa" IN ('connectwise', 'autotask') AND jsonb_typeof("container") = 'object');
ALTER TABLE "psa_locked_period" ADD CONSTRAINT "psa_locked_period_whole"
    CHECK ("period_from" < "period_to" AND jsonb_typeof("lines") = 'array');
ALTER TABLE "sync_step" ADD CONSTRAINT "sync_step_whole"
    CHECK ("position" > 0 AND "part" > 0 AND "psa" IN ('connectwise', 'autotask')
        AND "mode" IN ('datedLines', 'wholeLines', 'units') AND jsonb_typeof("content") = 'object');
ALTER TABLE "sync_intent" ADD CONSTRAINT "sync_intent_state"
    CHECK ("state" IN ('waiting', 'sending', 'unknown', 'confirmed', 'parked', 'replaced')
        AND "attempts" >= 0 AND ("attempts" = 0) = ("sent_at" IS NULL)
        AND ("state" NOT IN ('sending', 'unknown') OR "sent_at" IS NOT NULL));
ALTER TABLE "sync_claim" ADD CONSTRAINT "sync_claim_whole"
    CHECK ("fence" >= 0 AND ("owner" IS NULL) = ("until" IS NULL));

-- What was approved to be written, and what was found locked, is never edited or taken away.
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "sync_step" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "psa_locked_period" EXECUTE FUNCTION "refuse_change"();

-- An intent keeps its step and its approval for ever; once it is confirmed, or another took its place, nothing changes it.
CREATE TRIGGER "only_moved_on" BEFORE DELETE OR TRUNCATE
    OR UPDATE OF "msp_id", "run_number", "position", "key", "psa", "container_id", "approval_number"
    ON "sync_intent" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ended_once" BEFORE UPDATE ON "sync_intent"
    FOR EACH ROW WHEN (OLD."state" IN ('confirmed', 'replaced')) EXECUTE FUNCTION "refuse_change"();

-- The fence of a container never goes back: not by a mistake of the program, not by hand.
CREATE TRIGGER "never_forgotten" BEFORE DELETE OR TRUNCATE OR UPDATE OF "msp_id", "psa", "container_id"
    ON "sync_claim" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "fence_grows" BEFORE UPDATE ON "sync_claim"
    FOR EACH ROW WHEN (NEW."fence" < OLD."fence") EXECUTE FUNCTION "refuse_change"();
