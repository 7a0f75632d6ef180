-- CreateTable
CREATE TABLE "override_record" (
    "msp_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "lineage_id" TEXT COLLATE "C",
    "customer_id" TEXT COLLATE "C",
    "mpn" TEXT COLLATE "C",
    "amount" DECIMAL(28,8),
    "currency" CHAR(3),
    "description" TEXT,
    "holds_from" DATE NOT NULL,
    "holds_to" DATE,
    "recorded_by" TEXT NOT NULL,
    "recorded_by_name" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "held" JSONB NOT NULL,

    CONSTRAINT "override_record_pkey" PRIMARY KEY ("msp_id","version")
);

-- AddForeignKey
ALTER TABLE "override_record" ADD CONSTRAINT "override_record_msp_id_fkey" FOREIGN KEY ("msp_id") REFERENCES "msp"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- By hand from here: what the schema language cannot say.

-- One override has one beginning; its ends have its number.
CREATE UNIQUE INDEX "override_record_once" ON "override_record" ("msp_id", "number") WHERE "kind" <> 'end';

-- Every kind has what it is made of, and nothing else.
ALTER TABLE "override_record" ADD CONSTRAINT "override_record_whole"
    CHECK ("version" > 0 AND "number" > 0 AND jsonb_typeof("held") = 'object'
        AND ("holds_to" > "holds_from" IS NOT FALSE)
        AND ("lineage_id" IS NULL OR "customer_id" IS NULL AND "mpn" IS NULL)
        AND (("kind" = 'fixed' AND "amount" >= 0 AND "currency" IS NOT NULL AND "description" IS NULL)
          OR ("kind" = 'discount' AND "amount" > 0 AND "amount" < 100 AND "currency" IS NULL AND "description" IS NULL)
          OR ("kind" = 'markup' AND "amount" >= 0 AND "currency" IS NULL AND "description" IS NULL)
          OR ("kind" = 'margin' AND "amount" >= 0 AND "amount" < 100 AND "currency" IS NULL AND "description" IS NULL)
          OR ("kind" = 'words' AND "amount" IS NULL AND "currency" IS NULL AND "description" <> '')
          OR ("kind" = 'end' AND "amount" IS NULL AND "currency" IS NULL AND "description" IS NULL
            AND "holds_to" IS NULL AND "lineage_id" IS NULL AND "customer_id" IS NULL AND "mpn" IS NULL)));

-- What was said of a price is never edited or taken away: it ends, or something else is said.
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "override_record" EXECUTE FUNCTION "refuse_change"();
