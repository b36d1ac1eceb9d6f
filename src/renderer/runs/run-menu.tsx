import { Menu, MenuItem } from '@blueprintjs/core'
import { CloudOff, FlaskConical, Play } from 'lucide-react'
import { readsConnections } from '../../shared/pipeline/reads-connections.ts'
import { t } from '../i18n/index.ts'
import { keysOf } from '../keys/this-keyboard.ts'
import { usePipeline } from '../store/pipeline.ts'
import { startRun } from '../store/run.ts'
import { openDialog } from '../store/ui.ts'

/** Ways to run the pipeline in front. */
export function RunMenu() {
  const isConnected = usePipeline((state) => readsConnections(state.document))
  return (
    <Menu>
      <MenuItem icon={<Play size={15} />} text={t('bar.run')} label={keysOf('run')} onClick={() => void startRun()} />
      <MenuItem
        icon={<FlaskConical size={15} />}
        text={t('command.dryRun')}
        onClick={() => openDialog({ kind: 'dryRun' })}
      />
      <MenuItem
        icon={<CloudOff size={15} />}
        text={t('command.offlineRun')}
        title={isConnected ? undefined : t('offline.none')}
        disabled={!isConnected}
        onClick={() => openDialog({ kind: 'offlineRun' })}
      />
    </Menu>
  )
}
