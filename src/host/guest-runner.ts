/**
 * Runs a program inside a VM for a caller outside who has only the guest's agent: `FOLDER PROGRAM WORD…`. The program's
 * output goes to FOLDER/out, where the caller reads it as it grows. Its input is this script's own, and then stays open
 * and silent until the program is to end: when FOLDER/end appears, or when FOLDER/beat has not been renewed for
 * 15 seconds, so that it does not outlive its caller. The script exits as the program does; 127 if there is no such
 * program. In sh, because the guest is the tenant's and may have nothing else.
 */
export const guestRunner = `umask 077
folder=$1
shift
mkdir "$folder" || exit 73
command -v "$1" >/dev/null || { rm -r "$folder"; exit 127; }
mkfifo "$folder/in"
exec 3<>"$folder/in"
cat >"$folder/head"
cat "$folder/head" >&3 &
"$@" <"$folder/in" >"$folder/out" &
program=$!
(
	exec </dev/null >/dev/null 2>&1 3>&-
	silent=0
	while kill -0 $program && [ $silent -lt 15 ] && [ ! -e "$folder/end" ]; do
		sleep 1
		silent=$((silent + 1))
		[ -e "$folder/beat" ] && rm "$folder/beat" && silent=0
	done
	kill -INT $program && sleep 2
	kill -KILL $program
	while [ $silent -lt 15 ] && [ -e "$folder" ]; do
		sleep 1
		silent=$((silent + 1))
		[ -e "$folder/beat" ] && rm "$folder/beat" && silent=0
	done
	rm -rf "$folder"
) &
wait $program
`;
