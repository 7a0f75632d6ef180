-- CreateTable
CREATE TABLE "books" (
    "msp_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "last_run" INTEGER NOT NULL DEFAULT 0,
    "last_approval" INTEGER NOT NULL DEFAULT 0,
    "audit_sequence" INTEGER NOT NULL DEFAULT 0,
    "audit_hash" TEXT,

    CONSTRAINT "books_pkey" PRIMARY KEY ("msp_id")
);

-- CreateTable
CREATE TABLE "bill_run" (
    "msp_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "month_from" DATE NOT NULL,
    "month_to" DATE NOT NULL,
    "proposed_by" TEXT NOT NULL,
    "proposed_at" TIMESTAMPTZ(3) NOT NULL,
    "observation" INTEGER NOT NULL,
    "asked" TEXT[] NOT NULL,
    "fingerprint" TEXT NOT NULL,

    CONSTRAINT "bill_run_pkey" PRIMARY KEY ("msp_id","number")
);

-- CreateTable
CREATE TABLE "bill_run_line" (
    "msp_id" TEXT NOT NULL,
    "run_number" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "customer_id" TEXT NOT NULL,
    "customer_name" TEXT NOT NULL,
    "lineage_id" TEXT NOT NULL,
    "mpn" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "period_from" DATE NOT NULL,
    "period_to" DATE NOT NULL,
    "from_on" DATE NOT NULL,
    "to_on" DATE NOT NULL,
    "bill_on" DATE NOT NULL,
    "quantity" DECIMAL(28,8) NOT NULL,
    "unit_price" DECIMAL(28,8) NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "explanation" TEXT NOT NULL,
    "price_rule" TEXT NOT NULL,

    CONSTRAINT "bill_run_line_pkey" PRIMARY KEY ("msp_id","run_number","position")
);

-- CreateTable
CREATE TABLE "bill_run_customer" (
    "msp_id" TEXT NOT NULL,
    "run_number" INTEGER NOT NULL,
    "held" BOOLEAN NOT NULL,
    "position" INTEGER NOT NULL,
    "customer_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "lines" INTEGER NOT NULL,
    "comparison" TEXT NOT NULL,
    "before" BIGINT,
    "why" TEXT,

    CONSTRAINT "bill_run_customer_pkey" PRIMARY KEY ("msp_id","run_number","held","position")
);

-- CreateTable
CREATE TABLE "approval" (
    "msp_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "run_number" INTEGER NOT NULL,
    "customer_id" TEXT,
    "reason" TEXT,
    "fingerprint" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_by_name" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("msp_id","number")
);

-- CreateTable
CREATE TABLE "supersession" (
    "msp_id" TEXT NOT NULL,
    "approval_number" INTEGER NOT NULL,
    "by_number" INTEGER NOT NULL,

    CONSTRAINT "supersession_pkey" PRIMARY KEY ("msp_id","approval_number")
);

-- CreateTable
CREATE TABLE "decision" (
    "msp_id" TEXT NOT NULL,
    "approval_number" INTEGER NOT NULL,
    "verdict" TEXT NOT NULL,
    "decided_by" TEXT NOT NULL,
    "decided_by_name" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT,
    "version" INTEGER NOT NULL,

    CONSTRAINT "decision_pkey" PRIMARY KEY ("msp_id","approval_number")
);

-- CreateTable
CREATE TABLE "billed_line" (
    "msp_id" TEXT NOT NULL,
    "run_number" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "approval_number" INTEGER NOT NULL,
    "voided_by" INTEGER,

    CONSTRAINT "billed_line_pkey" PRIMARY KEY ("msp_id","run_number","position")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "msp_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "previous" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("msp_id","sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "decision_msp_id_version_key" ON "decision"("msp_id", "version");

-- CreateIndex
CREATE INDEX "audit_entry_msp_id_subject_sequence_idx" ON "audit_entry"("msp_id", "subject", "sequence");

-- AddForeignKey
ALTER TABLE "books" ADD CONSTRAINT "books_msp_id_fkey" FOREIGN KEY ("msp_id") REFERENCES "msp"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "bill_run" ADD CONSTRAINT "bill_run_msp_id_fkey" FOREIGN KEY ("msp_id") REFERENCES "msp"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "bill_run" ADD CONSTRAINT "bill_run_msp_id_observation_fkey" FOREIGN KEY ("msp_id", "observation") REFERENCES "observation"("msp_id", "sequence") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_msp_id_run_number_fkey" FOREIGN KEY ("msp_id", "run_number") REFERENCES "bill_run"("msp_id", "number") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "supersession" ADD CONSTRAINT "supersession_msp_id_approval_number_fkey" FOREIGN KEY ("msp_id", "approval_number") REFERENCES "approval"("msp_id", "number") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "supersession" ADD CONSTRAINT "supersession_msp_id_by_number_fkey" FOREIGN KEY ("msp_id", "by_number") REFERENCES "approval"("msp_id", "number") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "decision" ADD CONSTRAINT "decision_msp_id_approval_number_fkey" FOREIGN KEY ("msp_id", "approval_number") REFERENCES "approval"("msp_id", "number") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_msp_id_fkey" FOREIGN KEY ("msp_id") REFERENCES "msp"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- By hand from here: what the schema language cannot say.

-- A charge that is billed cannot be billed again, whatever the program does; voided, it can.
CREATE UNIQUE INDEX "billed_line_once" ON "billed_line"("msp_id", "key") WHERE "voided_by" IS NULL;

-- One request bills a run; voiding it may be asked for again and again.
CREATE UNIQUE INDEX "approval_bills_run_once" ON "approval"("msp_id", "run_number") WHERE "type" = 'bill';

-- Words and half-known facts that the program could not read back never get in.
ALTER TABLE "books" ADD CONSTRAINT "books_trail"
    CHECK ("audit_sequence" >= 0 AND ("audit_sequence" = 0) = ("audit_hash" IS NULL));
ALTER TABLE "bill_run" ADD CONSTRAINT "bill_run_month" CHECK ("number" > 0 AND "month_from" < "month_to");
ALTER TABLE "bill_run_line" ADD CONSTRAINT "bill_run_line_kind"
    CHECK ("kind" IN ('recurring', 'prorated', 'credit', 'correction', 'usage', 'oneTime'));
ALTER TABLE "bill_run_customer" ADD CONSTRAINT "bill_run_customer_comparison"
    CHECK (("comparison" = 'firstBill' AND "before" IS NULL AND "why" IS NULL)
        OR ("comparison" = 'within' AND "before" IS NOT NULL AND "why" IS NULL)
        OR ("comparison" = 'outside' AND "before" IS NOT NULL AND "why" IS NOT NULL));
ALTER TABLE "approval" ADD CONSTRAINT "approval_type"
    CHECK (("type" = 'bill' AND "customer_id" IS NULL AND "reason" IS NULL) OR ("type" = 'void' AND "reason" IS NOT NULL));
ALTER TABLE "decision" ADD CONSTRAINT "decision_verdict"
    CHECK ("verdict" = 'approved' OR ("verdict" = 'rejected' AND "reason" IS NOT NULL));
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_chain"
    CHECK ("sequence" > 0 AND length("previous") = 64 AND length("hash") = 64);

-- What was shown, decided and noted is never edited or taken away: not by a mistake of the program, not by hand.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed like this', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "bill_run" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "bill_run_line" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "bill_run_customer" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "approval" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "supersession" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "decision" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry" EXECUTE FUNCTION "refuse_change"();

-- A billed line is only ever voided, once.
CREATE TRIGGER "only_voided" BEFORE DELETE OR TRUNCATE OR UPDATE OF "msp_id", "run_number", "position", "key", "approval_number"
    ON "billed_line" EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "voided_once" BEFORE UPDATE ON "billed_line"
    FOR EACH ROW WHEN (OLD."voided_by" IS NOT NULL) EXECUTE FUNCTION "refuse_change"();
