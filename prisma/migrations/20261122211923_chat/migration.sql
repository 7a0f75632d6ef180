-- CreateTable
CREATE TABLE "posted_card" (
    "msp_id" TEXT NOT NULL,
    "approval_id" TEXT NOT NULL,
    "surface" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "posted_card_pkey" PRIMARY KEY ("msp_id","approval_id","surface","address")
);

-- CreateTable
CREATE TABLE "acted_once" (
    "msp_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "acted_once_pkey" PRIMARY KEY ("msp_id","key")
);

-- CreateIndex
CREATE INDEX "acted_once_msp_id_until_idx" ON "acted_once"("msp_id", "until");
