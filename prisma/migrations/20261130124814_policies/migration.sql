-- CreateTable
CREATE TABLE "billing_policy" (
    "msp_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "holds_from" DATE,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "policy" JSONB NOT NULL,

    CONSTRAINT "billing_policy_pkey" PRIMARY KEY ("msp_id","version")
);

-- AddForeignKey
ALTER TABLE "billing_policy" ADD CONSTRAINT "billing_policy_msp_id_fkey" FOREIGN KEY ("msp_id") REFERENCES "msp"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- By hand from here: what the schema language cannot say.

-- What cannot be read back as a policy never gets in.
ALTER TABLE "billing_policy" ADD CONSTRAINT "billing_policy_whole"
    CHECK ("version" > 0 AND jsonb_typeof("policy") = 'object');

-- How the MSP billed is never edited or taken away.
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "billing_policy" EXECUTE FUNCTION "refuse_change"();

-- Two more ways a customer's month can compare: billed in part already, and two periods in one run.
ALTER TABLE "bill_run_customer" DROP CONSTRAINT "bill_run_customer_comparison";
ALTER TABLE "bill_run_customer" ADD CONSTRAINT "bill_run_customer_comparison"
    CHECK (("comparison" = 'firstBill' AND "before" IS NULL AND "why" IS NULL)
        OR ("comparison" IN ('billedInPart', 'within') AND "before" IS NOT NULL AND "why" IS NULL)
        OR ("comparison" = 'outside' AND "before" IS NOT NULL AND "why" IS NOT NULL)
        OR ("comparison" = 'twoPeriods' AND "before" IS NULL AND "why" IS NOT NULL));
