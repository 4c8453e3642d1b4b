"""The virtual radio: controllers on one shared air, with range and link loss.

Closes the gaps of bumble 0.0.236 that a host which cancels connections, filters them or dials from
its public address (BlueZ) runs into. Each is named where it is closed.
"""

import asyncio
from collections.abc import Callable
from typing import ClassVar, Final

from bumble import hci, ll
from bumble.controller import Controller
from bumble.core import PhysicalTransport
from bumble.link import LocalLink

SUPERVISION_TIMEOUT_S: Final = 0.42  # what BlueZ asks for by default; after it a silent link is lost


class Radio(Controller):
    """A virtual Bluetooth LE controller on an ``Air``."""

    # Hosts that see these expect events of theirs, and bumble sends the older plain ones.
    le_features: ClassVar[hci.LeFeatureMask] = Controller.le_features & ~(  # type: ignore[misc] # same for all
        hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    )

    def __init__(self, name: str, air: "Air", public_address: str | None = None) -> None:
        self._accept_list: set[hci.Address] = set()
        super().__init__(name, link=air, public_address=public_address)

    # bumble says "cancelled" and keeps connecting

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Cancel the pending connection (Core specification, volume 4, part E, 7.8.13)."""
        pending = self.pending_le_connection
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        self.pending_le_connection = None
        cancelled = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, cancelled)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    # bumble ignores the filter accept list, with which BlueZ connects by itself

    def on_hci_le_clear_filter_accept_list_command(
        self, _command: hci.HCI_LE_Clear_Filter_Accept_List_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Empty the accept list (7.8.15)."""
        self._accept_list.clear()
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_le_add_device_to_filter_accept_list_command(
        self, command: hci.HCI_LE_Add_Device_To_Filter_Accept_List_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Add a device to the accept list (7.8.16)."""
        self._accept_list.add(command.address)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_le_remove_device_from_filter_accept_list_command(
        self, command: hci.HCI_LE_Remove_Device_From_Filter_Accept_List_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Take a device off the accept list (7.8.17)."""
        self._accept_list.discard(command.address)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Connect to an accepted advertiser, where the host asked for any of the list."""
        pending = self.pending_le_connection
        if (
            pending is not None
            and pending.initiator_filter_policy == 1
            and pdu.advertiser_address in self._accept_list
        ):
            pending.peer_address = pdu.advertiser_address
        super().on_advertising_pdu(pdu)


class Air(LocalLink):
    """What lies between the radios.

    Out of range nothing arrives, as if walled in. Who returns within the supervision timeout finds
    the link alive and gets what was sent meanwhile, as a link layer repeats what is not confirmed;
    later both ends have lost the link with reason 0x08 (connection timeout).
    """

    def __init__(self) -> None:
        super().__init__()
        self._away: dict[Controller, asyncio.TimerHandle] = {}
        self._unheard: list[tuple[frozenset[Controller], Callable[[], None]]] = []

    @property
    def unheard(self) -> int:
        """How many packets wait for a radio to come back."""
        return len(self._unheard)

    def carry_away(self, radio: Controller) -> None:
        """Take ``radio`` out of everyone's range."""
        if radio not in self._away:
            loop = asyncio.get_running_loop()
            self._away[radio] = loop.call_later(SUPERVISION_TIMEOUT_S, self._lose_links, radio)

    def bring_back(self, radio: Controller) -> None:
        """Bring ``radio`` back into range."""
        if radio not in self._away:
            return
        self._away.pop(radio).cancel()
        unheard, self._unheard = self._unheard, []
        for ends, deliver in unheard:
            self._carry(ends, deliver)

    def remove_controller(self, controller: Controller) -> None:
        """Take a radio apart: its links are lost at once."""
        if controller in self._away:
            self._away.pop(controller).cancel()
        self._lose_links(controller)
        super().remove_controller(controller)

    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        """Let every radio in range hear an advertisement."""
        if sender_controller in self._away:
            return
        loop = asyncio.get_running_loop()
        for receiver in self.controllers:
            if receiver is not sender_controller and receiver not in self._away:
                loop.call_soon(receiver.on_ll_advertising_pdu, packet)

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        """Carry data over a link, named by the address the link was made with.

        bumble names the sender's random address, so a host connected with its public one would
        never be heard.
        """
        receiver = self.find_le_controller(destination_address)
        connection = sender_controller.le_connections.get(destination_address)
        if receiver is None or connection is None:
            return
        sender_address = connection.self_address
        self._carry(
            frozenset((sender_controller, receiver)),
            lambda: receiver.on_link_acl_data(sender_address, transport, data),
        )

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        """Carry a link layer packet over a link; where the other end is gone, nothing happens."""
        sender = self.find_le_controller(sender_address)
        receiver = self.find_le_controller(receiver_address)
        if sender is None or receiver is None:
            return
        self._carry(
            frozenset((sender, receiver)),
            lambda: receiver.on_ll_control_pdu(sender_address, packet),
        )

    def _carry(self, ends: frozenset[Controller], deliver: Callable[[], None]) -> None:
        if ends.isdisjoint(self._away):
            asyncio.get_running_loop().call_soon(deliver)
        else:
            self._unheard.append((ends, deliver))

    def _lose_links(self, radio: Controller) -> None:
        self._unheard = [(ends, deliver) for ends, deliver in self._unheard if radio not in ends]
        lost = [
            (controller, connection)
            for controller in self.controllers
            for connection in controller.le_connections.values()
            if controller is radio or self.find_le_controller(connection.peer_address) is radio
        ]
        for controller, connection in lost:
            controller.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)
