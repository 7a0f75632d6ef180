-- What is written into one container again and again is read without all others.

-- CreateIndex
CREATE INDEX "psa_slot_msp_id_psa_container_id_idx" ON "psa_slot"("msp_id", "psa", "container_id");

-- CreateIndex
CREATE INDEX "sync_intent_msp_id_psa_container_id_idx" ON "sync_intent"("msp_id", "psa", "container_id");
