-- CreateTable
CREATE TABLE "msp" (
    "id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "msp_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "observation" (
    "msp_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "previous" INTEGER,
    "observed_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "customers" INTEGER NOT NULL,
    "subscriptions" INTEGER NOT NULL,
    "orders" INTEGER NOT NULL,
    "requests" INTEGER NOT NULL,

    CONSTRAINT "observation_pkey" PRIMARY KEY ("msp_id","sequence")
);

-- CreateTable
CREATE TABLE "customer" (
    "msp_id" TEXT NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "billing_currency" CHAR(3),
    "first_sequence" INTEGER NOT NULL,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("msp_id","id")
);

-- CreateTable
CREATE TABLE "subscription_state" (
    "msp_id" TEXT NOT NULL,
    "record_key" TEXT COLLATE "C" NOT NULL,
    "sequence" INTEGER NOT NULL,
    "subscription_id" TEXT NOT NULL,
    "mpn" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "product_name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "present" BOOLEAN NOT NULL,
    "quantity" DECIMAL(28,8) NOT NULL,
    "unit_price" DECIMAL(28,8),
    "unit_price_currency" CHAR(3),
    "unit_cost" DECIMAL(28,8),
    "unit_cost_currency" CHAR(3),
    "billing_period_type" TEXT,
    "billing_period_duration" INTEGER,
    "usage" BOOLEAN NOT NULL,
    "starts_on" DATE NOT NULL,
    "expires_on" DATE,
    "renews_on" DATE,
    "auto_renew" BOOLEAN,
    "last_modified_on" DATE,
    "vendor_subscription_id" TEXT,

    CONSTRAINT "subscription_state_pkey" PRIMARY KEY ("msp_id","record_key","sequence")
);

-- CreateTable
CREATE TABLE "marketplace_order" (
    "msp_id" TEXT NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "number" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "subscription_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "provisioned_at" TIMESTAMPTZ(3),
    "scheduled_at_renewal" BOOLEAN NOT NULL,
    "products" JSONB,
    "setups" JSONB NOT NULL,
    "po_number" TEXT,
    "first_sequence" INTEGER NOT NULL,

    CONSTRAINT "marketplace_order_pkey" PRIMARY KEY ("msp_id","id")
);

-- CreateTable
CREATE TABLE "lineage_member" (
    "msp_id" TEXT NOT NULL,
    "record_key" TEXT COLLATE "C" NOT NULL,
    "lineage_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,

    CONSTRAINT "lineage_member_pkey" PRIMARY KEY ("msp_id","record_key")
);

-- CreateIndex
CREATE UNIQUE INDEX "observation_msp_id_id_key" ON "observation"("msp_id", "id");

-- AddForeignKey
ALTER TABLE "observation" ADD CONSTRAINT "observation_msp_id_fkey" FOREIGN KEY ("msp_id") REFERENCES "msp"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "observation" ADD CONSTRAINT "observation_msp_id_previous_fkey" FOREIGN KEY ("msp_id", "previous") REFERENCES "observation"("msp_id", "sequence") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- By hand from here: what the schema language cannot say.

-- Sequences have no gaps: each observation names the one before it, and its foreign key makes that one exist.
ALTER TABLE "observation" ADD CONSTRAINT "observation_without_gaps"
    CHECK (("sequence" = 1 AND "previous" IS NULL) OR ("sequence" > 1 AND "previous" IS NOT NULL AND "previous" = "sequence" - 1));
ALTER TABLE "observation" ADD CONSTRAINT "observation_counts"
    CHECK ("customers" >= 0 AND "subscriptions" >= 0 AND "orders" >= 0 AND "requests" >= 0);

-- A word or a half-known price that the program could not read back never gets in.
ALTER TABLE "subscription_state" ADD CONSTRAINT "subscription_state_status"
    CHECK ("status" IN ('pending', 'active', 'hold', 'terminated', 'removed', 'unknown'));
ALTER TABLE "subscription_state" ADD CONSTRAINT "subscription_state_price_with_currency"
    CHECK (("unit_price" IS NULL) = ("unit_price_currency" IS NULL));
ALTER TABLE "subscription_state" ADD CONSTRAINT "subscription_state_cost_with_currency"
    CHECK (("unit_cost" IS NULL) = ("unit_cost_currency" IS NULL));
ALTER TABLE "subscription_state" ADD CONSTRAINT "subscription_state_billing_period"
    CHECK (("billing_period_type" IS NULL) = ("billing_period_duration" IS NULL)
       AND "billing_period_type" IN ('day', 'month', 'year') IS NOT FALSE
       AND "billing_period_duration" > 0 IS NOT FALSE);
ALTER TABLE "marketplace_order" ADD CONSTRAINT "marketplace_order_type"
    CHECK ("type" IN ('sales', 'change', 'renewal', 'cancellation', 'migration', 'unknown'));
ALTER TABLE "marketplace_order" ADD CONSTRAINT "marketplace_order_status"
    CHECK ("status" IN ('submitted', 'processing', 'error', 'completed', 'cancelled', 'unknown'));
