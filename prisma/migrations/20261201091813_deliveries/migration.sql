-- What people in chat are still to be told, and what jobs have done for good.

-- CreateTable
CREATE TABLE "chat_delivery" (
    "msp_id" TEXT NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "surface" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "approval_id" TEXT,
    "content" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "chat_delivery_pkey" PRIMARY KEY ("msp_id","id")
);

-- CreateTable
CREATE TABLE "job_run" (
    "msp_id" TEXT NOT NULL,
    "job" TEXT COLLATE "C" NOT NULL,
    "slot" TEXT COLLATE "C" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_run_pkey" PRIMARY KEY ("msp_id","job","slot")
);

-- CreateIndex
CREATE INDEX "chat_delivery_msp_id_state_not_before_idx" ON "chat_delivery"("msp_id", "state", "not_before");

-- By hand from here: what the schema language cannot say.

ALTER TABLE "chat_delivery" ADD CONSTRAINT "chat_delivery_words"
    CHECK ("surface" IN ('slack', 'teams') AND "kind" IN ('request', 'update', 'reminder', 'card')
        AND "state" IN ('waiting', 'delivered', 'unneeded', 'unknown', 'givenUp') AND "attempts" >= 0);
ALTER TABLE "chat_delivery" ADD CONSTRAINT "chat_delivery_content"
    CHECK (("kind" = 'card') = ("approval_id" IS NULL));
ALTER TABLE "chat_delivery" ADD CONSTRAINT "chat_delivery_end"
    CHECK (("state" = 'waiting') = ("ended_at" IS NULL) AND ("lease_until" IS NULL OR "state" = 'waiting'));

-- What a job did once is never done again.
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "job_run" EXECUTE FUNCTION "refuse_change"();
